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

/** A package with a build for browsers beside that for Node. */
function packageOf(name: string, isOfExports = false): PackageFiles {
  const exports = { browser: "./browser.js", import: "./node.js" };
  const byField = { name, main: "./node.js", browser: "./browser.js" };
  const manifest = isOfExports ? { name, exports } : byField;
  const texts = { "package.json": JSON.stringify(manifest), "node.js": "1", "browser.js": "2" };
  const encoder = new TextEncoder();
  const files = Object.entries(texts).map(([path, text]) => [path, encoder.encode(text)] as const);
  return new PackageFiles(`${name}@1.0.0`, new Map(files));
}

describe("the build that a function gets of a package", () => {
  it("is that for browsers, which needs no files, unless it lacks what it is taken for", async () => {
    assertEquals(await packageOf("words").entry("", "import"), "browser.js");
    assertEquals(await packageOf("mongoose").entry("", "import"), "node.js");
    assertEquals(await packageOf("words", true).entry("", "import"), "browser.js");
    assertEquals(await packageOf("ws", true).entry("", "import"), "node.js");
    assertEquals(await packageOf("pino").entry("", "require"), "node.js");
  });
});
