import { assertEquals, assertRejects } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { FileError } from "../../src/core/errors.ts";
import { writeOutputFile } from "../../src/files/output_file.ts";
import { grantsFor } from "../../src/invocation/grants/mod.ts";
import { launchIn } from "../support/launch.ts";
import { readPipe } from "../support/pipe.ts";
import { withFolder } from "../support/temporary.ts";

const text = (...parts: string[]) => ReadableStream.from(parts);
const names = (folder: string) => [...Deno.readDirSync(folder)].map(({ name }) => name);

describe("a file that a command writes", () => {
  it("keeps its old content when what should be written fails", () =>
    withFolder(async (folder) => {
      async function* half() {
        yield await Promise.resolve("half");
        throw new FileError("No more.");
      }
      const launch = launchIn(folder);
      await writeOutputFile(launch, "a.sql", text("who", "le"));
      await assertRejects(() => writeOutputFile(launch, "a.sql", half()), FileError, "No more.");
      assertEquals(names(folder), ["a.sql"]);
      assertEquals(await Deno.readTextFile(`${folder}/a.sql`), "whole");
    }));

  it("is where the launcher expects it on its way", () =>
    withFolder(async (folder) => {
      const launch = launchIn(folder, ["db", "types", "-o", "a.sql"]);
      const { write } = grantsFor(launch).permissions;
      await writeOutputFile(launch, "a.sql", {
        async *[Symbol.asyncIterator]() {
          yield await Promise.resolve("whole");
          assertEquals(names(folder).map((name) => `${folder}/${name}`), write.slice(1));
        },
      });
    }));

  it({
    name: "is a pipe that stays one",
    ignore: Deno.build.os === "windows",
    fn: () =>
      withFolder(async (folder) => {
        const pipe = await readPipe(`${folder}/pipe`);
        assertEquals(await writeOutputFile(launchIn(folder), "pipe", text("a", "b")), 2);
        assertEquals(await pipe.text(), "ab");
        assertEquals(names(folder), ["pipe"]);
        assertEquals((await Deno.lstat(`${folder}/pipe`)).isFifo, true);
      }),
  });
});
