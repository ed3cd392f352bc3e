import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { linkFunction } from "../../../src/shared/functions/join_modules.ts";
import { SourceError } from "../../../src/shared/functions/script.ts";
import { compileFunction } from "../../../src/server/functions/compile.ts";
import { withFolder } from "../../support/temporary.ts";

/** Writes files, links `index.ts`, and answers what it exports once it has run. */
async function linked(files: Record<string, string>) {
  return await withFolder(async (folder) => {
    for (const [name, text] of Object.entries(files)) {
      const path = `${folder}/${name}`;
      await Deno.mkdir(path.slice(0, path.lastIndexOf("/")), { recursive: true });
      await Deno.writeTextFile(path, text);
    }
    const { code, files: used } = await linkFunction(`${folder}/f/index.ts`);
    const names = used.map((path) => path.slice(folder.length + 1)).sort();
    return { code, names, folder };
  });
}

async function run(code: string): Promise<unknown> {
  const { default: exported } = await import(
    `data:text/javascript;charset=utf-8,${encodeURIComponent(code)}`
  );
  return await exported();
}

describe("linking", () => {
  it("leaves a source that imports no file as it is", async () => {
    const source = `import type { T } from "./types.ts";\nimport { a } from "npm:@insforge/sdk";
export default (): T => a; // kept\n`;
    const { code, names } = await linked({ "f/index.ts": source, "f/types.ts": "broken(" });
    assertEquals([code, names], [source, ["f/index.ts"]]);
  });

  it("joins files, in the order in which they run", async () => {
    const { code, names } = await linked({
      "f/index.ts": `import { order } from "../shared/order.ts";
        import two, { type Unused } from "./two.ts"; import data from "./data.json" with { type: "json" };
        import * as all from "./all.ts";
        order.push("index");
        export default async () => [order, two(), data.n, Object.keys(all).sort(), (await import("./late.ts")).late];`,
      "f/two.ts": `import { order } from "../shared/order.ts"; order.push("two");
        export interface Unused { a: 1 } export default () => 2;`,
      "f/all.ts":
        `export * from "../shared/order.ts"; export { default as renamed } from "./two.ts";`,
      "f/late.ts": `const value = await Promise.resolve("late"); export { value as late };`,
      "f/data.json": '{"n": 3}',
      "shared/order.ts": `export const order: string[] = ["order"];`,
    });
    assertEquals(await run(code), [
      ["order", "two", "index"],
      2,
      3,
      ["order", "renamed"],
      "late",
    ]);
    assertEquals(names.length, 6);
    assertEquals(code.includes("module.exports"), false);
    // It runs on the local backend as well.
    assertStringIncludes(await compileFunction("f", code), "export default");
  });

  it("keeps bindings live, and lets files import each other", async () => {
    const { code } = await linked({
      "f/index.ts": `import { count, add } from "./a.ts";
        export default () => { const before = count; add(); return [before, count]; };`,
      "f/a.ts": `import { twice } from "./b.ts"; export let count = 1;
        export function add() { count = twice(count); }`,
      "f/b.ts": `import { count } from "./a.ts"; export const twice = (n: number) => n + count;`,
    });
    assertEquals(await run(code), [1, 2]);
  });

  it("follows the import map of deno.json, and keeps what is no file an import", async () => {
    const { code, names } = await linked({
      "deno.json": `{ "imports": { "#lib/": "./lib/", "hash": "node:crypto" } }`,
      "lib/name.ts": `import { createHash } from "hash";
        export const name = createHash("md5").update("").digest("hex");`,
      "f/index.ts": `import { name } from "#lib/name.ts"; export default () => name;`,
    });
    assertStringIncludes(code, 'from "node:crypto"');
    assertEquals(await run(code), "d41d8cd98f00b204e9800998ecf8427e");
    assertEquals(names, ["deno.json", "f/index.ts", "lib/name.ts"]);
  });

  it("names what cannot be found or read", async () => {
    for (
      const [files, named] of [
        [{ "f/index.ts": 'import { a } from "./gone.ts"; export default a;' }, "gone.ts"],
        [{ "f/index.ts": 'import "./bad.ts";', "f/bad.ts": "const = 1" }, "bad.ts"],
        [{ "f/index.ts": 'import a from "./a.json"; a();', "f/a.json": "{" }, "a.json"],
      ] as [Record<string, string>, string][]
    ) {
      const error = await assertRejects(() => linked(files), SourceError);
      assertStringIncludes(error.message, named);
    }
  });
});
