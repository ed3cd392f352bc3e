import { assertEquals, assertMatch } from "@std/assert";
import { describe, it } from "@std/testing/bdd";

const FOLDER = new URL("../", import.meta.url);
const REQUIREMENTS = 63;

describe("the table of requirements", () => {
  it("has each once, with tests that carry its number", async () => {
    const readme = await Deno.readTextFile(new URL("README.md", FOLDER));
    const rows = readme.matchAll(/^\| (R\d+) .*\|\s*(\[.*\))\s*\|\s*(\S+)\s*\|$/gm).toArray();
    assertEquals(
      rows.map(([, number]) => number),
      Array.from({ length: REQUIREMENTS }, (_, n) => `R${n + 1}`),
    );
    for (const [, number, tests, result] of rows) {
      assertEquals(result, "holds", number);
      for (const [, file] of tests!.matchAll(/\]\(([^)]+)\)/g)) {
        const text = await Deno.readTextFile(new URL(file!, FOLDER));
        assertMatch(text, new RegExp(`["\`].*\\b${number}\\b.*["\`]`), `${number}: ${file}`);
      }
    }
  });
});
