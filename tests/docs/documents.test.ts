import { assert, assertEquals } from "@std/assert";
import { walk } from "@std/fs/walk";
import { fromFileUrl, join } from "@std/path";
import { describe, it } from "@std/testing/bdd";

const ROOT = fromFileUrl(new URL("../../", import.meta.url));
const read = (path: string) => Deno.readTextFile(join(ROOT, path));

/**
 * The numbers of the sections that a text says it follows: `section 6.1`, `sections 9 and 16.2`.
 */
function cited(text: string): string[] {
  return [...text.matchAll(/\bsections? (\d+(?:\.\d+)?)(?: (?:and|to) (\d+(?:\.\d+)?))?/gi)]
    .flatMap(([, one, other]) => [one!, ...(other ? [other] : [])]);
}

describe("the documents", () => {
  it("hold every section of the HTTP contract that code cites", async () => {
    const contract = await read("docs/http-contract.md");
    const sections = new Set(
      [...contract.matchAll(/^(?:#{2,3} |- \*\*)(\d+(?:\.\d+)?)/gm)].map(([, number]) => number!),
    );
    const missing: string[] = [];
    for await (const { path } of walk(join(ROOT, "src"), { exts: [".ts"] })) {
      const text = await Deno.readTextFile(path);
      if (!/contract/i.test(text)) continue;
      missing.push(...cited(text).filter((number) => !sections.has(number)));
    }
    assertEquals(missing, []);
  });

  it("lead nowhere that is not there", async () => {
    for await (
      const { path } of walk(ROOT, { exts: [".md"], skip: [/\.setup|dist|server\/docs/] })
    ) {
      const text = await Deno.readTextFile(path);
      for (const [, target] of text.matchAll(/\]\((?!https?:)([^)#]+)(?:#[^)]*)?\)/g)) {
        const file = join(path, "..", target!);
        assert(await Deno.stat(file).then(() => true, () => false), `${path}: ${target}`);
      }
    }
  });

  it("name a test for every threat, and a threat for every test of tests/security", async () => {
    const [, table] = (await read("docs/security.md")).split("## Threats and tests");
    const rows = table!.split("\n").filter((line) => line.startsWith("| ")).slice(2);
    assert(rows.length > 20);
    const tests = rows.map((row) => [...row.matchAll(/\.\.\/(tests\/[\w/.]+\.test\.ts)\)/g)]);
    assertEquals(rows.filter((_, index) => tests[index]!.length === 0), []);
    const named = new Set(tests.flat().map(([, path]) => path));
    for await (const { name } of Deno.readDir(join(ROOT, "tests/security"))) {
      assert(named.has(`tests/security/${name}`), name);
    }
  });

  it("begin with a README of 900 words at most", async () => {
    const words = (await read("README.md")).split(/\s+/).filter(Boolean);
    assert(words.length <= 900, `${words.length} words`);
  });
});
