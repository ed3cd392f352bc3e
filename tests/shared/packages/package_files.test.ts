import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { withFolder } from "../../support/temporary.ts";
import { ContentCache, integrityOf } from "../../../src/shared/packages/content_cache.ts";
import { PackageFiles } from "../../../src/shared/packages/package_files.ts";

it("what a lock file says of an archive names no file outside of the cache", async () => {
  await withFolder(async (folder) => {
    const cache = new ContentCache(folder);
    const bytes = new TextEncoder().encode("an archive");
    const odd = `${await integrityOf(bytes)} ..\\..\\x:y/../z`;
    await cache.write(odd, bytes);
    assertEquals(await cache.read(odd), bytes);
    const names = [...Deno.readDirSync(folder)].map(({ name }) => name);
    assertEquals(names.map((name) => /^sha512-[\w=.-]+$/.test(name)), [true]);
  });
});

/** A package with these fields, which has a build for browsers beside that for Node. */
function packageOf(fields: Record<string, unknown>, text = "1"): PackageFiles {
  const manifest = { name: "words", ...fields };
  const texts = { "package.json": JSON.stringify(manifest), "node.js": text, "browser.js": "2" };
  const encoder = new TextEncoder();
  const files = Object.entries(texts).map(([path, text]) => [path, encoder.encode(text)] as const);
  return new PackageFiles("words@1.0.0", new Map(files));
}

describe("the build that a function gets of a package", () => {
  it("is that for Node, by all that names one, and the same for each kind of import", async () => {
    const browser = "./browser.js";
    const all = [
      { main: "node", browser, module: browser },
      { main: "node.js", browser: { "./node.js": browser } },
      { exports: { browser, module: browser, worker: browser, node: "./node.js" } },
      { exports: { browser, default: "./node.js" } },
      { module: "./node.js" },
    ];
    for (const fields of all) {
      for (const kind of ["import", "require"] as const) {
        assertEquals(await packageOf(fields).entry("", kind), "node.js", JSON.stringify(fields));
      }
    }
  });
});

describe("whether a file of a package is an ES module", () => {
  it("is said by its type, and without one by what it says", async () => {
    const isEs = (text: string, fields = {}) => packageOf(fields, text).isEsModule("node.js");
    assertEquals(await isEs("export const a = 1;"), true);
    assertEquals(await isEs('"use strict";import{a}from"a";a()'), true);
    assertEquals(await isEs("// import a from 'a';\nexports.a = import('a');"), false);
    assertEquals(await isEs("exports.a = 1;", { type: "module" }), true);
    assertEquals(await isEs("export const a = 1;", { type: "commonjs" }), false);
  });
});
