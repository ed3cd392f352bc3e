/** The shared temporary folder: whoever puts a file there must not decide what others run. */
import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { insforge } from "../support/executable.ts";
import { has, run } from "../support/program.ts";
import { withFolder } from "../support/temporary.ts";

/** Where the runtime kept V8's code cache of an executable of this name. */
const CACHE = "deno-compile-insforge.cache";

describe("a code cache in the shared temporary folder", () => {
  it("is never made", async () => {
    await withFolder(async (folder) => {
      const env = { TMPDIR: folder, TMP: folder, TEMP: folder };
      for (const args of [["--version"], ["--help"], ["current"]]) {
        await insforge(args, { cwd: folder, env });
      }
      assertEquals((await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name), []);
    });
  });

  it("is never read: a planted file stays as it is, a planted pipe holds nobody up", async () => {
    await withFolder(async (folder) => {
      const env = { TMPDIR: folder, TMP: folder, TEMP: folder };
      await Deno.writeTextFile(`${folder}/${CACHE}`, "planted");
      assertEquals((await insforge(["--help"], { env })).code, 0);
      assertEquals(await Deno.readTextFile(`${folder}/${CACHE}`), "planted");
      if (!has("mkfifo")) return;
      await Deno.remove(`${folder}/${CACHE}`);
      assertEquals((await run("mkfifo", [`${folder}/${CACHE}`])).code, 0);
      // One that opens the pipe waits for a writer that never comes.
      assertEquals((await insforge(["--version"], { env })).code, 0);
    });
  });
});
