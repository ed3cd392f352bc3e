import { assertEquals, assertRejects } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import {
  freshPath,
  removeHalfWritten,
  replaceFile,
  writeAll,
  writeFileAtomically,
  writeFileAtomicallySync,
} from "../../src/files/atomic.ts";
import { withFolder } from "../support/temporary.ts";

const names = (folder: string) => [...Deno.readDirSync(folder)].map(({ name }) => name).sort();

describe("a file that is written whole or not at all", () => {
  it("keeps its old content, and leaves nothing beside it, when the writing fails", () =>
    withFolder(async (folder) => {
      const path = `${folder}/a`;
      await writeFileAtomically(path, "old");
      await assertRejects(
        () =>
          replaceFile(path, async ({ file }) => {
            await writeAll(file, new Uint8Array(10));
            throw new Error("full");
          }),
        Error,
        "full",
      );
      assertEquals([await Deno.readTextFile(path), names(folder)], ["old", ["a"]]);
    }));

  it("leaves nothing beside what cannot be replaced", () =>
    withFolder(async (folder) => {
      await Deno.mkdir(`${folder}/a/b`, { recursive: true });
      await assertRejects(() => writeFileAtomically(`${folder}/a`, "new"));
      assertEquals(names(folder), ["a"]);
    }));

  it("is whole while two write it, and its owner's alone", () =>
    withFolder(async (folder) => {
      const path = `${folder}/a`;
      const contents = ["1".repeat(100_000), "2".repeat(100_000)];
      await Promise.all(contents.map((content) => writeFileAtomically(path, content)));
      assertEquals(contents.includes(await Deno.readTextFile(path)), true);
      assertEquals(names(folder), ["a"]);
      if (Deno.build.os === "windows") return;
      assertEquals((await Deno.stat(path)).mode! & 0o777, 0o600);
    }));

  it({
    name: "is never written through a link that was put beside it",
    ignore: Deno.build.os === "windows",
    fn: () =>
      withFolder(async (folder) => {
        const token = "0123456789ab";
        await Deno.writeTextFile(`${folder}/victim`, "whole");
        await Deno.symlink(`${folder}/victim`, freshPath(`${folder}/a`, token));
        await assertRejects(
          () => writeFileAtomically(`${folder}/a`, "new", { token }),
          Deno.errors.AlreadyExists,
        );
        assertEquals(await Deno.readTextFile(`${folder}/victim`), "whole");
      }),
  });

  it("has another name on its way each time, which no system finds too long", () =>
    withFolder(async (folder) => {
      const long = `${folder}/${"é".repeat(127)}`;
      assertEquals(freshPath(long) === freshPath(long), false);
      await writeFileAtomically(long, "a");
      writeFileAtomicallySync(long, "b");
      assertEquals(await Deno.readTextFile(long), "b");
      assertEquals(names(folder).length, 1);
    }));

  it("has every byte where a file takes only some at a time", async () => {
    const taken: number[] = [];
    const slow = { write: (bytes: Uint8Array) => Promise.resolve(taken.push(bytes[0]!) && 1) };
    await writeAll(slow as unknown as Deno.FsFile, new Uint8Array([1, 2, 3]));
    assertEquals(taken, [1, 2, 3]);
  });

  it("is tidied up after a process that was killed", () =>
    withFolder(async (folder) => {
      for (const path of [`${folder}/a`, freshPath(`${folder}/a`)]) {
        Deno.writeTextFileSync(path, "");
      }
      await removeHalfWritten(folder);
      assertEquals(names(folder), ["a"]);
    }));
});
