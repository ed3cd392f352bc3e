import { assert, assertEquals, assertGreaterOrEqual, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { MUTATIONS, planted } from "../../scripts/mutations.ts";

const ROOT = new URL("../../", import.meta.url);

describe("the faults that are planted each night", () => {
  it("stand each in a line that is there once", async () => {
    assertGreaterOrEqual(MUTATIONS.length, 60);
    for (const mutation of MUTATIONS) {
      const text = await Deno.readTextFile(new URL(mutation.file, ROOT));
      assert(planted(text, mutation) !== text, mutation.before);
    }
  });

  it("name tests that exist", async () => {
    for (const test of new Set(MUTATIONS.flatMap(({ tests }) => tests))) {
      assert((await Deno.stat(new URL(test, ROOT))).isFile, test);
    }
  });

  it("are planted in one line, as it is indented", () => {
    const mutation = { file: "a.ts", before: "b();", after: "$&c();", tests: [] };
    assertEquals(planted("a();\n  b();\nb(); c();", mutation), "a();\n  $&c();\nb(); c();");
    for (const text of ["a();", "b();\nb();"]) {
      assertThrows(() => planted(text, mutation), Error, "times: b();");
    }
  });
});
