import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { dirname, join } from "@std/path";
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { type Bundle, bundleFunction } from "../../../src/shared/bundling/bundler.ts";
import { authorSource } from "../../../src/shared/bundling/upload.ts";
import { Lock } from "../../../src/shared/packages/lock_file.ts";
import { openPackages } from "../../../src/shared/packages/open_packages.ts";
import { startRegistry, type TestRegistry } from "../../support/registry.ts";
import { withFolder } from "../../support/temporary.ts";

/** A module that exports 42 as `answer`, as bytes of WebAssembly. */
const WASM = "AGFzbQEAAAABBQFgAAF/AwIBAAcKAQZhbnN3ZXIAAAoGAQQAQSoL";

let registry: TestRegistry;

interface Given {
  readonly lock?: Lock;
  readonly cacheFolder?: string;
  readonly isOffline?: boolean;
}

/** Bundles a file, most often `main.ts`, of a folder with these files. */
async function bundle(
  folder: string,
  files: Readonly<Record<string, string | Uint8Array>>,
  { entry = "main.ts", ...given }: Given & { readonly entry?: string } = {},
): Promise<Bundle> {
  for (const [name, content] of Object.entries(files)) {
    const path = join(folder, name);
    await Deno.mkdir(dirname(path), { recursive: true });
    await (typeof content === "string"
      ? Deno.writeTextFile(path, content)
      : Deno.writeFile(path, content));
  }
  return await bundleFunction({
    entry: { path: join(folder, entry) },
    root: folder,
    packages: openPackages({ config: registry.config, ...given }),
  });
}

/** Runs an upload as the worker of a self-hosted InsForge does. */
function selfHosted(code: string): (request: Request) => Promise<Response> {
  const module = { exports: {} as (request: Request) => Promise<Response> };
  const names = ["exports", "module", "createClient", "Deno", "encodeBase64", "decodeBase64"];
  const values = [module.exports, module, () => "client", { env: { get: () => "of Deno" } }];
  new Function(...names, code)(...values);
  return module.exports;
}

/** What the function answers, by its text. */
async function answer(code: string, path = "/"): Promise<string> {
  return await (await selfHosted(code)(new Request(`http://localhost${path}`))).text();
}

async function bundled(
  files: Readonly<Record<string, string | Uint8Array>>,
  entry?: string,
): Promise<string> {
  let text = "";
  await withFolder(async (folder) => {
    text = await answer((await bundle(await Deno.realPath(folder), files, { entry })).code);
  });
  return text;
}

describe({
  name: "a bundled function",
  // esbuild keeps timers of its own.
  sanitizeOps: false,
  sanitizeResources: false,
}, () => {
  beforeAll(async () => {
    registry = await startRegistry([
      {
        manifest: { name: "greeting", version: "1.2.0", dependencies: { word: "^2.0.0" } },
        files: { "index.js": 'exports.greet = (name) => require("word") + " " + name;' },
      },
      {
        manifest: {
          name: "word",
          version: "2.1.0",
          exports: {
            ".": { deno: "./d.js", require: "./r.js" },
            "./sub/*": { browser: "./n.js", node: "./b/*.mjs" },
          },
          imports: { "#own": "./own.js" },
        },
        files: {
          "d.js": 'module.exports = "Good day";',
          "r.js": 'module.exports = "wrong";',
          "b/x.mjs": 'import own from "#own"; export default own;',
          "own.js": 'export default "own";',
          "n.js": "throw 1",
        },
      },
      { manifest: { name: "word", version: "3.0.0" }, files: { "index.js": "module.exports = 3" } },
      {
        manifest: { name: "@jsr/std__text", version: "1.0.1", exports: { "./up": "./up.js" } },
        files: { "up.js": "export const up = (text) => text.toUpperCase();" },
      },
      {
        manifest: {
          name: "fields",
          version: "1.0.0",
          main: "n.js",
          browser: { "./n.js": "./b.js" },
        },
        files: {
          "n.js": 'module.exports = "node " + Buffer.from("a").toString("hex");',
          "b.js": "throw 1",
        },
      },
      {
        manifest: { name: "xmlhttprequest-ssl", version: "1.0.0" },
        files: { "index.js": 'require("fs"); require("child_process"); exports.a = 1;' },
      },
      {
        manifest: { name: "needs-files", version: "1.0.0" },
        files: {
          "index.js": `const fs = require("fs");
            exports.read = () => fs.readFileSync("/x");
            exports.tries = async () => {
              const codeOf = (work) => new Promise(work).then(String, ({ code }) => code);
              const call = (done, fail) => (error, found) => error ? fail(error) : done(found);
              return [
                fs.existsSync("/x"),
                fs.statSync("/x", { throwIfNoEntry: false }),
                await codeOf(() => fs.readFileSync("/x")),
                await codeOf((done, fail) => fs.stat("/x", call(done, fail))),
                await codeOf((done, fail) => fs.promises.readFile("/x").then(done, fail)),
                await codeOf((done, fail) => require("fs/promises").mkdir("/x").then(done, fail)),
                await codeOf((_, fail) => fs.createReadStream("/x").on("error", fail)),
                await codeOf((_, fail) => fs.createWriteStream("/x").on("error", fail)),
              ].join();
            };`,
        },
      },
      {
        manifest: { name: "careless", version: "1.0.0", type: "module" },
        files: {
          "index.js": `export { default } from "word";
            export const peer = await import("no-peer").catch(({ message }) => message);`,
        },
      },
      {
        manifest: {
          name: "transpiled",
          version: "1.0.0",
          exports: { ".": "./index.js", "./es": "./es/index.js" },
        },
        files: {
          "index.js": 'exports.__esModule = true; exports.default = "own"; exports.named = "n";',
          "es/package.json": '{ "type": "module" }',
          "es/index.js": 'import whole from "../index.js"; export default typeof whole;',
        },
      },
      {
        manifest: { name: "timing", version: "1.0.0" },
        files: {
          "index.js": `exports.later = async () => {
            const work = globalThis.setInterval(() => {}, 1e6).unref();
            clearInterval(work);
            await new Promise((resolve) => setTimeout(resolve, 1).refresh());
            return [typeof work, work.hasRef(), typeof setImmediate(() => {}).unref].join();
          };
          exports.clear = clearTimeout;
          exports.start = setTimeout;`,
        },
      },
      ...["1.1.0", "2.0.0"].map((version) => ({
        manifest: { name: "core", version },
        files: { "index.js": `exports.version = ${version[0]}; exports.state = {};` },
      })),
      {
        manifest: { name: "addon", version: "1.0.0", peerDependencies: { core: ">=1" } },
        files: { "index.js": 'module.exports = require("core");' },
      },
      {
        manifest: {
          name: "looking",
          version: "1.0.0",
          optionalDependencies: { word: "3", compiled: "1", gone: "1" },
          scripts: {},
        },
        files: {
          "index.js": `const has = (find) => { try { return find(); } catch { return "none"; } };
            exports.found = [
              has(() => require("word")), has(() => require("compiled")), has(() => require("gone")),
            ].join();`,
        },
      },
      { manifest: { name: "compiled", version: "1.0.0", dependencies: { bindings: "1" } } },
      { manifest: { name: "bindings", version: "1.0.0" } },
    ], {
      "x/mod.ts": () => Response.redirect(`${registry.url}/x@1/mod.ts`),
      "x@1/mod.ts": new Response('import { b } from "./b.ts"; export const a: string = b + "!";'),
      "x@1/b.ts": new Response('export const b = "remote";'),
    });
  });
  afterAll(async () => {
    await registry[Symbol.asyncDispose]();
  });

  it("carries packages as their conditions, fields and ranges say", async () => {
    const main = `import { greet } from "npm:greeting@1";
      import { up } from "jsr:@std/text@^1/up";
      import own from "npm:word@2/sub/x";
      import fields from "npm:fields";
      import three from "npm:word@3";
      export default () => new Response([greet("Ada"), up("a"), own, fields, three].join());`;
    assertEquals(await bundled({ "main.ts": main }), "Good day Ada,A,own,node 61,3");
  });

  it("imports by the names of deno.json, import maps and package.json", async () => {
    assertEquals(
      await bundled({
        "deno.jsonc": '{ /* names */ "imports": { "@lib/": "./lib/", "w": "npm:word@3", } }',
        "package.json": '{ "dependencies": { "greeting": "^1.0.0" } }',
        "lib/a.ts": "export const a: number = 1;",
        "main.ts": `import { a } from "@lib/a.ts"; import w from "w";
          import { greet } from "greeting";
          export default { fetch: () => new Response([a, w, greet("x")].join()) };`,
      }),
      "1,3,Good day x",
    );
  });

  it("reads what an editor put a byte order mark before", async () => {
    assertEquals(
      await bundled({
        "deno.json": '\ufeff{ "imports": { "a": "./a.ts" } }',
        "package.json": '\ufeff{ "dependencies": { "greeting": "^1.0.0" } }',
        "a.ts": "\ufeffexport const a = 1;",
        "b.json": "\ufeff2",
        "main.ts": `\ufeffimport { a } from "a";
          import b from "./b.json" with { type: "json" };
          import { greet } from "greeting";
          export default () => new Response([a, b, greet("x")].join());`,
      }),
      "1,2,Good day x",
    );
  });

  it("takes JSON, text, WebAssembly, data addresses and other hosts", async () => {
    assertEquals(
      await bundled({
        "a.json": '{"a":[1]}',
        "a.txt": "line\n`${1}`",
        "a.wasm": Uint8Array.fromBase64(WASM),
        "main.ts": `import json from "./a.json" with { type: "json" };
          import text from "./a.txt" with { type: "text" };
          import { answer } from "./a.wasm";
          import { a } from "${registry.url}/x/mod.ts";
          import data from "data:application/json,[7]" with { type: "json" };
          const late = await import("./late.ts");
          export default () => new Response([json.a, text, answer(), a, data, late.n].join());`,
        "late.ts": "export const n: string = await Promise.resolve('late');",
      }),
      "1,line\n`${1}`,42,remote!,7,late",
    );
  });

  it("imports the whole of a CommonJS module by default, as in Node, also in packages", async () => {
    const main =
      `import whole, { named } from "npm:transpiled"; import type from "npm:transpiled/es";
      import { of } from "./old.cjs"; import script from "./script.js";
      const late = await import("npm:transpiled");
      export default () => new Response(
        [whole.default, whole.named, named, type, late.default.default, of, script].join());`;
    const files = {
      "old.cjs": "exports.of = require('npm:transpiled').default;",
      "script.js": "import { named } from 'npm:transpiled'; module.exports = named;",
    };
    assertEquals(await bundled({ ...files, "main.ts": main }), "own,n,n,object,own,own,n");
  });

  it("gives packages the timers of Node, and has those of Deno itself", async () => {
    const main = `import { clear, later, start } from "npm:timing";
      export default async () => {
        const own = setTimeout(() => {}, 1e6);
        clear(own);
        clearTimeout(start(() => {}, 1e6));
        return Response.json([await later(), typeof own]);
      };`;
    // Newer Denos have objects as well.
    const own = setTimeout(() => {}, 1e6);
    clearTimeout(own);
    const expected = JSON.stringify(["object,false,function", typeof own]);
    assertEquals(await bundled({ "main.ts": main }), expected);
  });

  it("has one copy of a package that it imports itself and others have as a peer", async () => {
    for (const range of ["1", "2"]) {
      const lock = new Lock();
      const main = `import addon from "npm:addon"; import core from "npm:core@${range}";
        export default () => new Response([addon === core, core.version].join());`;
      await withFolder(async (folder) => {
        const { code } = await bundle(await Deno.realPath(folder), { "main.ts": main }, { lock });
        assertEquals(await answer(code), `true,${range}`);
      });
    }
  });

  it("has what packages need not have, unless it is not there or native", async () => {
    const main = `import { found } from "npm:looking"; export default () => new Response(found);`;
    assertEquals(await bundled({ "main.ts": main }), "3,none,none");
  });

  it("keeps to the versions of a lock file when it adds others of the same name", async () => {
    await withFolder(async (folder) => {
      const root = await Deno.realPath(folder);
      const path = `${root}/deno.lock`;
      const step = async (source: string) => {
        const lock = await Lock.read(path);
        const main = `${source} export default () => new Response(String(found));`;
        const { code } = await bundle(root, { "main.ts": main }, { lock });
        await lock.write(path);
        return await answer(code);
      };
      const greet = 'import { greet } from "npm:greeting@1"; const found = greet("a");';
      const three = 'import found from "npm:word@3";';
      assertEquals(await step(greet), "Good day a");
      assertEquals(await step(three), "3");
      // What is alone is written short, and the newest comes first.
      const text = await Deno.readTextFile(path);
      assertStringIncludes(text, '"word@2.1.0"\n');
      const order = { "word@3.0.0": {}, ...JSON.parse(text).npm };
      await Deno.writeTextFile(path, JSON.stringify({ ...JSON.parse(text), npm: order }));
      assertEquals(await step(greet), "Good day a");
    });
  });

  it("may call Deno.serve, or the standard library's serve, or assign module.exports", async () => {
    const served = 'Deno.serve({ port: 1 }, (_r: Request) => new Response("served"));';
    assertEquals(await bundled({ "main.ts": served }), "served");
    const standard = `import { serve } from "https://deno.land/std@0.168.0/http/server.ts";
      import "jsr:@supabase/functions-js/edge-runtime.d.ts";
      serve(() => new Response(Deno.env.get("X")));`;
    assertEquals(await bundled({ "main.ts": standard }), "of Deno");
    const script = "module.exports = async (_: Request) => new Response(createClient());";
    assertEquals(await bundled({ "main.ts": script }), "client");
  });

  it("answers with what it serves, in each of the ways there are, and goes on loading", async () => {
    const ways = {
      options: "Deno.serve({ handler: () => new Response('yes') });",
      "taken from Deno": "const { serve } = globalThis.Deno; serve(() => new Response('yes'));",
      "waited for": "await Deno.serve(() => new Response('yes')).finished;",
      "an error's answer":
        "Deno.serve({ onError: (e) => new Response(e.message) }, () => { throw new Error('yes') });",
      events: `addEventListener("fetch", (event: any) =>
        event.respondWith(Promise.resolve(new Response("yes"))));`,
      "an old server":
        `import { listenAndServe } from "https://deno.land/std@0.111.0/http/server.ts";
        await listenAndServe(":80", () => new Response("yes"));`,
      "the class": `import { Server } from "https://deno.land/std@0.148.0/http/server.ts";
        const server = new Server({ handler: () => new Response("yes") });
        await server.listenAndServe();`,
    };
    for (const [way, main] of Object.entries(ways)) {
      assertEquals(await bundled({ "main.ts": main }), "yes", way);
    }
  });

  it("compiles as its deno.json and its comments say", async () => {
    const h = "const h = (name: string) => name; const React = { createElement: () => 'React' };";
    const answer = "export default () => new Response(<b />);";
    const own = `export { default } from "./own.tsx";`;
    const factory = '{ "compilerOptions": { "jsx": "react", "jsxFactory": "h" } }';
    assertEquals(
      await bundled({ "deno.json": factory, "main.ts": own, "own.tsx": h.slice(0, 34) + answer }),
      "b",
    );
    assertEquals(await bundled({ "main.ts": own, "own.tsx": `/** @jsx h */${h}${answer}` }), "b");
    assertEquals(await bundled({ "main.ts": own, "own.tsx": h + answer }), "React");
    const source = { "x/jsx-runtime.ts": "export const jsx = (name: string) => `made ${name}`;" };
    assertEquals(
      await bundled({
        ...source,
        "deno.json": '{ "imports": { "x/": "./x/", "x/jsx-runtime": "./x/jsx-runtime.ts" } }',
        "main.ts": own,
        "own.tsx": `/** @jsxImportSource x */${answer}`,
      }),
      "made b",
    );
    const decorators = `function twice(_: unknown, __: string, own: PropertyDescriptor) {
        const { value } = own;
        own.value = () => value() + value();
      }
      class Word { @twice say() { return "a"; } }
      export default () => new Response(new Word().say());`;
    const older = '{ "compilerOptions": { "experimentalDecorators": true } }';
    assertEquals(await bundled({ "deno.json": older, "main.ts": decorators }), "aa");
  });

  it("knows the members of a workspace, and what packages have without saying so", async () => {
    assertEquals(
      await bundled({
        "deno.json": '{ "workspace": ["./say"] }',
        "say/deno.json": '{ "name": "@own/say", "exports": { ".": "./a.ts", "./b": "./b.ts" } }',
        "say/a.ts": "export const a = 'a';",
        "say/b.ts": "export const b = 'b';",
        "package.json": '{ "workspaces": ["old"] }',
        "old/package.json": '{ "name": "old", "main": "o.js" }',
        "old/o.js": "module.exports = 'o';",
        "main.ts": `import { a } from "@own/say"; import { b } from "@own/say/b";
          import o from "old"; export default () => new Response(a + b + o);`,
      }),
      "abo",
    );
    const main = `import "npm:word@3"; import word, { peer } from "npm:careless";
      export default () => new Response(word + peer);`;
    assertEquals(await bundled({ "main.ts": main }), '3Cannot find module "no-peer"');
  });

  it("imports what is elsewhere in a monorepo as its sources are written", async () => {
    const files = {
      "package.json": '{ "workspaces": { "packages": ["packages/*", "!packages/old"] } }',
      "packages/shared/package.json": `{
        "name": "@acme/shared",
        "exports": { ".": { "types": "./t.d.ts", "import": "./src/index.ts" }, "./*": "./src/*.ts" },
        "dependencies": { "word": "3" }
      }`,
      "packages/shared/src/index.ts":
        'export * from "./deep"; export { default as w } from "word";',
      "packages/shared/src/deep.ts":
        'import { own } from "~/own.js"; export const deep = "d" + own;',
      "packages/shared/src/own.ts": "export const own = 'o';",
      "packages/shared/tsconfig.json": `{ "extends": "../../tsconfig.base", }`,
      "tsconfig.base.json": `{ // of all
        "compilerOptions": { "paths": { "~/*": ["./nowhere/*", "./packages/shared/src/*"] } } }`,
      "packages/old/package.json": '{ "name": "@acme/shared", "main": "wrong.js" }',
      "packages/ui/index.tsx": "export const ui = 'u';",
      "packages/plain/package.json": '{ "name": "plain", "main": "lib" }',
      "packages/plain/lib/index.js": "module.exports = 'p';",
      "apps/web/package.json":
        `{ "dependencies": { "@acme/shared": "workspace:*", "linked": "file:../../linked" },
          "imports": { "#cfg": { "node": "./cfg.ts" }, "#src/*": "./src/*.js", "#p": "plain" } }`,
      "apps/web/cfg.ts": "export { util as cfg } from '#src/util/index';",
      "apps/web/tsconfig.json":
        '{ "compilerOptions": { "baseUrl": "src", "paths": { "@/*": ["*"] } } }',
      "apps/web/src/util/index.ts": "export const util = '@';",
      "linked/package.json": '{ "main": "./l" }',
      "linked/l.cjs": "exports.l = 'l';",
    };
    const main = `import { deep, w } from "@acme/shared"; import { own } from "@acme/shared/own";
      import { ui } from "../../../packages/ui"; import plain from "plain";
      import { util } from "@/util"; import { l } from "linked";
      import { cfg } from "#cfg"; import same from "#p";
      export default () => new Response([deep, w, own, ui, plain, util, l, cfg, same].join());`;
    const entry = "apps/web/functions/main.ts";
    assertEquals(await bundled({ ...files, [entry]: main }, entry), "do,3,o,u,p,@,l,@,p");
    const pnpm = {
      "pnpm-workspace.yaml":
        `# ours\npackages:\n  # all\n  - 'packages/**'\n  - "!**/old"\ncatalog: {}\n`,
      "package.json": "{}",
    };
    assertEquals(await bundled({ ...files, ...pnpm, [entry]: main }, entry), "do,3,o,u,p,@,l,@,p");
    const flow = { ...pnpm, "pnpm-workspace.yaml": "packages: ['packages/**', \"!**/old\"]\n" };
    assertEquals(await bundled({ ...files, ...flow, [entry]: main }, entry), "do,3,o,u,p,@,l,@,p");
    await assertRejects(
      () => bundled({ ...files, [entry]: 'import "@acme/shared/none";' }, entry),
      Error,
      '@acme/shared, a member of this workspace, has no module "none"',
    );
    await assertRejects(
      () => bundled({ ...files, [entry]: 'import "#none";' }, entry),
      Error,
      'imports "#none", and nothing says what that is',
    );
  });

  it("goes by what a tsconfig.json extends: base folders, and paths of who extends it", async () => {
    const files = {
      "config/base.json":
        '{ "compilerOptions": { "baseUrl": "../lib", "paths": { "wrong": ["w"] } } }',
      "config/app.json":
        '{ "extends": "./base", "compilerOptions": { "paths": { "@/*": ["${configDir}/src/*"], "~": ["t"] } } }',
      "app/tsconfig.json": '{ "extends": ["../config/base.json", "../config/app"] }',
      "app/src/a.ts": "export const a = 'a';",
      "lib/t.ts": "export const t = 't';",
      "lib/deep/u.ts": "export const u = 'u';",
    };
    const entry = "app/functions/main.ts";
    const main = `import { a } from "@/a"; import { t } from "~"; import { u } from "deep/u";
      export default () => new Response([a, t, u].join());`;
    assertEquals(await bundled({ ...files, [entry]: main }, entry), "a,t,u");
    const ofMember = {
      ...files,
      "package.json": '{ "workspaces": ["config"] }',
      "config/package.json": '{ "name": "@acme/config" }',
      "config/tsconfig.json": '{ "extends": "@acme/config/base" }',
      "app/tsconfig.json": '{ "extends": ["@acme/config", "@acme/config/app", "@acme/none"] }',
    };
    assertEquals(await bundled({ ...ofMember, [entry]: main }, entry), "a,t,u");
  });

  it("is one line that runs in both runtimes, with its source beside it", async () => {
    await withFolder(async (folder) => {
      const root = await Deno.realPath(folder);
      const main = "// mine\nimport { n } from './n.ts';\nexport default (_: Request) => n();\n";
      const thrown = "export function n(): Response {\n  throw new Error(`a\n${1}`);\n}\n";
      const { code, sources } = await bundle(root, { "main.ts": main, "n.ts": thrown });
      assertEquals(sources, { "main.ts": main, "n.ts": thrown });
      assertEquals((await authorSource(code))!.sources, sources);
      const lines = code.trimEnd().split("\n");
      assertEquals(lines.length, 4);
      assertStringIncludes(lines[1]!, "@ts-ignore");
      assert(code.includes("module.exports") && !/Deno\.serve\s*\(/.test(code));
      assert(!/\bimport\b\s*[({"']/.test(lines[2]!.replace('"return import(name)"', "")));
    });
  });

  it("is the same, without a request, the second time, and refuses what has changed", async () => {
    await withFolder(async (folder) => {
      const root = await Deno.realPath(folder);
      const files = {
        "main.ts":
          `import { greet } from "npm:greeting@1"; import { a } from "${registry.url}/x/mod.ts";
          export default () => new Response(greet(a));`,
      };
      const cacheFolder = `${root}/cache`;
      const lock = new Lock();
      const first = await bundle(root, files, { lock, cacheFolder });
      await lock.write(`${root}/deno.lock`);
      const asked = registry.requests.length;
      const read = () => Lock.read(`${root}/deno.lock`);
      const again = await bundle(root, files, { lock: await read(), cacheFolder, isOffline: true });
      assertEquals([again.code, registry.requests.length], [first.code, asked]);
      const text = await Deno.readTextFile(`${root}/deno.lock`);
      assertStringIncludes(text, '"npm:greeting@1": "1.2.0"');
      await Deno.writeTextFile(`${root}/deno.lock`, text.replace(/sha512-../g, "sha512-AA"));
      const error = await assertRejects(async () =>
        await bundle(root, files, { lock: await read() })
      );
      assertStringIncludes(
        (error as Error).message,
        "npm:greeting@1.2.0 is not what its integrity",
      );
      const absent = await assertRejects(() => bundle(root, files, { isOffline: true }));
      assertStringIncludes((absent as Error).message, "is not in the cache");
    });
  });

  it("gives the part of a module of Node's that needs no file, thread or terminal", async () => {
    await withFolder(async (folder) => {
      const main = `import { builtinModules, createRequire } from "node:module";
        import { isatty, ReadStream } from "node:tty";
        import { isMainThread, markAsUncloneable } from "node:worker_threads";
        markAsUncloneable({});
        const require = createRequire(import.meta.url);
        const { basename } = require("node:path");
        let lost;
        try { require("hoisted"); } catch (error) { lost = [error.code, error.message]; }
        export default () => {
          try { new ReadStream(0); } catch (error) {
            const seen = [basename("a/b"), isatty(1), isMainThread, builtinModules.includes("fs")];
            return Response.json([...seen, error.message, ...lost]);
          }
        };`;
      const { code, warnings } = await bundle(await Deno.realPath(folder), { "main.ts": main });
      assertEquals([warnings, JSON.parse(await answer(code))], [[], [
        "b",
        false,
        true,
        false,
        "main.ts uses node:tty.ReadStream, and edge functions have no access to a terminal",
        "MODULE_NOT_FOUND",
        'main.ts asks createRequire for "hoisted", which only an import brings into a function',
      ]]);
    });
  });

  it("names the files that are there and not deployed", async () => {
    await withFolder(async (folder) => {
      const { warnings } = await bundle(await Deno.realPath(folder), {
        "f/a.wasm": Uint8Array.fromBase64(WASM),
        "f/main.ts": `const wasm = new URL("./a.wasm", import.meta.url);
          const [gone, page] = ["./gone.txt", "/"].map((path) => new URL(path, import.meta.url));
          const none = new URL("none.txt", import.meta.url), text = new URL('../t.md',
            import.meta.url);
          export default () => Response.json([wasm, gone, page, none, text]);`,
        "t.md": "text",
      }, { entry: "f/main.ts" });
      assertEquals(warnings, [
        "f/main.ts names the file ./a.wasm, which is not deployed: import it.",
        "f/main.ts names the file ../t.md, which is not deployed: import it" +
        ' with { type: "text" } or { type: "bytes" }.',
      ]);
    });
  });

  it("names what it cannot have: native code, files, and what is not there", async () => {
    const refused = async (main: string) => {
      let message = "";
      await withFolder(async (folder) => {
        const root = await Deno.realPath(folder);
        message = await bundle(root, { "main.ts": main }).then(() => "", (error) => error.message);
      });
      return message;
    };
    assertEquals(
      await refused('import "npm:compiled"; export default 1;'),
      "npm:compiled@1.0.0 needs native code (bindings), which edge functions cannot load",
    );
    assertEquals(
      await refused('import "node:child_process"; export default 1;'),
      "main.ts imports node:child_process, and edge functions have no access to processes",
    );
    const cron = "// Deno.cron(x)\nDeno.cron('x', '* * * * *', () => {});";
    assertEquals(await refused(cron), "main.ts calls Deno.cron, which edge functions lack");
    assertStringIncludes(await refused('import "npm:word@9";'), "no version 9 of npm:word");
    assertStringIncludes(await refused('import "./gone.ts";'), "The file gone.ts is not there");
    assertStringIncludes(await refused('import "unknown";'), "nothing says what that is");
    assertStringIncludes(await refused("export default ("), "main.ts:1:17: ");
    await withFolder(async (folder) => {
      const main = `import { read } from "npm:needs-files"; import "npm:xmlhttprequest-ssl";
        export default () => new Response(read());`;
      const { code, warnings } = await bundle(await Deno.realPath(folder), { "main.ts": main });
      // The official SDK brings the other one, and comes to neither module.
      assertEquals(warnings.filter((told) => /xmlhttprequest/.test(told)), []);
      assertStringIncludes(warnings[0]!, "npm:needs-files@1.0.0 uses node:fs");
      const error = await assertRejects(() => answer(code));
      assertStringIncludes(
        (error as Error).message,
        "uses node:fs.readFileSync, and edge functions",
      );
    });
    assertEquals(
      await bundled({
        "main.ts": `import { tries } from "npm:needs-files";
          export default async () => new Response(await tries());`,
      }),
      "false,,ENOENT,ENOENT,ENOENT,EACCES,ENOENT,EACCES",
    );
  });
});
