import { assertEquals, assertRejects } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { FileError } from "../../src/core/errors.ts";
import { writeAll } from "../../src/files/atomic.ts";
import { PartialFile } from "../../src/files/partial_file.ts";
import { partialPath, partialTagPath } from "../../src/files/temporary_paths.ts";
import { withFolder } from "../support/temporary.ts";

describe({ name: "a file under way", ignore: Deno.build.os === "windows" }, () => {
  it("goes on with what an earlier run left", () =>
    withFolder(async (folder) => {
      const path = partialPath(`${folder}/a`);
      await Deno.writeTextFile(path, "half");
      await Deno.writeTextFile(partialTagPath(`${folder}/a`), '"v1"');
      using partial = await PartialFile.open(`${folder}/a`);
      assertEquals(await partial.left(), { size: 4, version: '"v1"' });
      await partial.begin('"v2"');
      assertEquals(await partial.left(), undefined);
      await writeAll(partial.file, new TextEncoder().encode("whole"));
      assertEquals(await partial.left(), { size: 5, version: '"v2"' });
      await partial.keep();
      assertEquals(await Deno.readTextFile(`${folder}/a`), "whole");
      assertEquals([...Deno.readDirSync(folder)].map(({ name }) => name), ["a"]);
    }));

  for (const [kind, plant] of [["link", Deno.symlink], ["second name", Deno.link]] as const) {
    it(`writes into no ${kind} that somebody put there`, () =>
      withFolder(async (folder) => {
        const victim = `${folder}/victim`;
        const path = partialPath(`${folder}/a`);
        await Deno.writeTextFile(victim, "mine");
        await plant(victim, path);
        using partial = await PartialFile.open(`${folder}/a`);
        await writeAll(partial.file, new TextEncoder().encode("theirs"));
        assertEquals(await Deno.readTextFile(victim), "mine");
        assertEquals(await Deno.readTextFile(path), "theirs");
      }));
  }

  it("is one process's at a time", () =>
    withFolder(async (folder) => {
      using _ = await PartialFile.open(`${folder}/a`);
      await assertRejects(() => PartialFile.open(`${folder}/a`), FileError, "Another process");
    }));
});
