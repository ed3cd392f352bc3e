import { assertEquals, assertRejects } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { FileError } from "../../src/core/errors.ts";
import { writeOutputFile } from "../../src/files/output_file.ts";
import { partialPath } from "../../src/files/temporary_paths.ts";
import { readPipe } from "../support/pipe.ts";
import { withFolder } from "../support/temporary.ts";

const text = (...parts: string[]) => ReadableStream.from(parts);
const names = (folder: string) => [...Deno.readDirSync(folder)].map(({ name }) => name);

describe("a file that a command writes", () => {
  it("is refused while another process writes it, and untouched", () =>
    withFolder(async (folder) => {
      const partial = partialPath(`${folder}/a.sql`);
      const other = await Deno.open(partial, { write: true, create: true });
      await other.lock(true);
      await other.write(new TextEncoder().encode("half"));
      await assertRejects(
        () => writeOutputFile(folder, "a.sql", text("whole")),
        FileError,
        `Another process is writing ${folder}/a.sql.`,
      );
      assertEquals(await Deno.readTextFile(partial), "half");
      other.close();
      // What a killed process left is in nobody's way.
      assertEquals(await writeOutputFile(folder, "a.sql", text("who", "le")), 5);
      assertEquals(names(folder), ["a.sql"]);
      assertEquals(await Deno.readTextFile(`${folder}/a.sql`), "whole");
    }));

  it({
    name: "is a pipe that stays one",
    ignore: Deno.build.os === "windows",
    fn: () =>
      withFolder(async (folder) => {
        const pipe = await readPipe(`${folder}/pipe`);
        assertEquals(await writeOutputFile(folder, "pipe", text("a", "b")), 2);
        assertEquals(await pipe.text(), "ab");
        assertEquals(names(folder), ["pipe"]);
        assertEquals((await Deno.lstat(`${folder}/pipe`)).isFifo, true);
      }),
  });
});
