import { assertEquals, assertStringIncludes } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { EXECUTABLE } from "../support/executable.ts";
import { run } from "../support/program.ts";

const PAGE = new URL("../../docs/upstream/panics-before-main.md", import.meta.url);

/** What the page says of the runtime, held against the runtime. */
describe("the runtime, before any of our code", () => {
  const ignore = Deno.build.os !== "linux";
  const shell = (line: string) => run("sh", ["-c", line], { env: { PROGRAM: EXECUTABLE } });
  const lines = {
    "in a deleted working directory":
      'folder=$(mktemp -d) && cd "$folder" && rmdir "$folder" && "$PROGRAM" --version',
    "with an argument that is not UTF-8": `"$PROGRAM" db query "$(printf '\\377')"`,
  };
  for (const [when, line] of Object.entries(lines)) {
    it({ name: `still panics ${when}, as docs/upstream says`, ignore }, async () => {
      const { code, stderr } = await shell(line);
      assertEquals(code, 101);
      const [place] = /cli\/rt\/\w+\.rs:/.exec(stderr) ?? [];
      assertStringIncludes(await Deno.readTextFile(PAGE), place ?? "a panic");
    });
  }
});
