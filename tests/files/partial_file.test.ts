import { assertEquals, assertRejects } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { FileError } from "../../src/core/errors.ts";
import { openPartial, partialSize } from "../../src/files/partial_file.ts";
import { partialPath } from "../../src/files/temporary_paths.ts";
import { withFolder } from "../support/temporary.ts";

describe({ name: "a file under way", ignore: Deno.build.os === "windows" }, () => {
  it("goes on with what an earlier run left", () =>
    withFolder(async (folder) => {
      const path = partialPath(`${folder}/a`);
      await Deno.writeTextFile(path, "half");
      assertEquals(await partialSize(path), 4);
      using file = await openPartial(`${folder}/a`);
      assertEquals((await file.stat()).size, 4);
    }));

  for (const [kind, plant] of [["link", Deno.symlink], ["second name", Deno.link]] as const) {
    it(`writes into no ${kind} that somebody put there`, () =>
      withFolder(async (folder) => {
        const victim = `${folder}/victim`;
        const path = partialPath(`${folder}/a`);
        await Deno.writeTextFile(victim, "mine");
        await plant(victim, path);
        assertEquals(await partialSize(path), 0);
        using file = await openPartial(`${folder}/a`);
        await file.write(new TextEncoder().encode("theirs"));
        assertEquals(await Deno.readTextFile(victim), "mine");
        assertEquals(await Deno.readTextFile(path), "theirs");
      }));
  }

  it("is one process's at a time", () =>
    withFolder(async (folder) => {
      using _ = await openPartial(`${folder}/a`);
      await assertRejects(() => openPartial(`${folder}/a`), FileError, "Another process");
    }));
});
