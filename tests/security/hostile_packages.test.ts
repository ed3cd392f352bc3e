/** Packages, registries and descriptions of modules that are made to hold a bundling up. */
import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { describe, it } from "@std/testing/bdd";
import { packTar } from "modern-tar";
import { bundlerPermissions } from "../../src/server/functions/bundle.ts";
import { type Bundle, bundleFunction } from "../../src/shared/bundling/bundler.ts";
import { SourceError } from "../../src/shared/bundling/source_error.ts";
import { downloader } from "../../src/shared/packages/download.ts";
import { PackageError } from "../../src/shared/packages/errors.ts";
import { Lock } from "../../src/shared/packages/lock_file.ts";
import { openPackages, type PackagesOptions } from "../../src/shared/packages/open_packages.ts";
import { PackageFiles } from "../../src/shared/packages/package_files.ts";
import { withHostileClone } from "../support/hostile_clone.ts";
import type { Probe } from "../support/probe_worker.ts";
import { startProxy } from "../support/proxy.ts";
import { startRegistry } from "../support/registry.ts";
import { withFolder } from "../support/temporary.ts";

const FUNCTIONS = "insforge/functions";

/** esbuild and clients of HTTP keep timers and sockets of their own. */
const KEPT = { sanitizeOps: false, sanitizeResources: false };

/** Bundles a function whose source came by itself. */
async function bundle(specifier: string, options: PackagesOptions): Promise<Bundle> {
  const source = `import x from "${specifier}"; export default () => new Response(String(x));`;
  const entry = { name: "x.ts", source };
  return await bundleFunction({ entry, root: "/", packages: openPackages(options) });
}

/** Whatever is wrong with packages is said as such, and no error of the program. */
async function requireTold(specifier: string, options: PackagesOptions): Promise<void> {
  try {
    await bundle(specifier, options);
  } catch (error) {
    assert(error instanceof PackageError || error instanceof SourceError, `${specifier}: ${error}`);
  }
}

describe({ name: "a clone whose functions lead nowhere", ...KEPT }, () => {
  it("is told so, and no command of it runs without end", async () => {
    await using registry = await startRegistry([
      {
        manifest: { name: "loop", version: "1.0.0", main: "x.js", imports: { "#a": "#a" } },
        files: { "x.js": 'import "#a";' },
      },
      {
        manifest: { name: "nested", version: "1.0.0", main: "d" },
        files: { "d/package.json": '{"main":"."}' },
      },
    ]);
    await withHostileClone(async ({ file, run }) => {
      await file(".npmrc", `registry=${registry.url}`);
      const hostile: [name: string, source: string, files: Record<string, string>, why: string][] =
        [
          ["loop", 'import "npm:loop";', {}, "has no #a"],
          ["nested", 'import "npm:nested";', {}, "has no main module"],
          ["deep", `export default ${"[".repeat(2e5)}${"]".repeat(2e5)};`, {}, "nested too deeply"],
          ["json", 'import "npm:a";', { "deno.json": "[".repeat(2e5) }, "nested too deeply"],
          ["stars", 'import "abc";', {
            "deno.json": `{"workspace":["${"*a".repeat(20)}b"]}`,
            [`${"a".repeat(200)}/x`]: "",
          }, "too many stars"],
          ["groups", 'import "abc";', {
            "deno.json": `{"workspace":["+(a|a)+(a|aa)x"]}`,
            [`${"a".repeat(200)}/x`]: "",
          }, "nothing says what that is"],
          ["paths", 'import "~x";', {
            "tsconfig.json": JSON.stringify({ extends: Array(10).fill("./tsconfig.json") }),
          }, "nothing says what that is"],
          ["folders", 'import "abc";', {
            "package.json": '{"dependencies":{"abc":"file:./p"}}',
            "p/package.json": '{"main":"./q"}',
            "p/q/package.json": '{"main":"../q"}',
          }, "there is no such package"],
        ];
      for (const [name, source, files, why] of hostile) {
        await file(`${FUNCTIONS}/${name}/index.ts`, source);
        for (const [path, text] of Object.entries(files)) {
          await file(`${FUNCTIONS}/${name}/${path}`, text);
        }
        const { code, stderr } = await run(["functions", "deploy", name, "--no-check"]);
        assertEquals(code, 1, name);
        assertStringIncludes(stderr, why, name);
      }
    });
  });

  it("is bundled on where another function was nested too deeply", async () => {
    await using registry = await startRegistry([]);
    const deep = `export default ${"(".repeat(2e5)}`;
    const packages = openPackages({ config: registry.config });
    const of = (source: string) =>
      bundleFunction({ entry: { name: "x.ts", source }, root: "/", packages });
    await assertRejects(() => of(deep), SourceError, "nested too deeply");
    assertStringIncludes((await of("export default () => 'well';")).code, "well");
  });
});

describe({ name: "a registry that says what no registry says", ...KEPT }, () => {
  it("is told of, whatever it is", async () => {
    const dist = { tarball: "http://127.0.0.1/x.tgz", integrity: "sha512-x" };
    const version = (manifest: unknown) => ({ versions: { "1.0.0": manifest } });
    const documents: Record<string, unknown> = {
      nothing: null,
      list: [],
      versions: { versions: null },
      empty: version(null),
      dist: version({}),
      tarball: version({ dist: { ...dist, tarball: 5 } }),
      integrity: version({ dist: { ...dist, integrity: 5 } }),
      shasum: version({ dist: { tarball: dist.tarball, shasum: "zz" } }),
      named: { "dist-tags": { latest: "../../x" }, versions: { "../../x": { dist } } },
      dependency: version({ dist, dependencies: { a: 5 } }),
      file: version({ dist: { ...dist, tarball: "file:///etc/passwd" } }),
      long: version({ dist, dependencies: { long: "1 ".repeat(1e6) } }),
    };
    await using registry = await startRegistry(
      [],
      {
        ...Object.fromEntries(
          Object.entries(documents).map(([name, said]) => [name, Response.json(said)]),
        ),
        html: new Response("<title>Log in</title>"),
      },
    );
    for (const name of [...Object.keys(documents), "html"]) {
      await requireTold(`npm:${name}`, { config: registry.config });
    }
    await requireTold("https://esm.sh/%zz", { config: registry.config, isOffline: true });
  });

  it("is not followed from package to package without end", async () => {
    let asked = 0;
    await using server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, () => {
      const dependencies = Object.fromEntries(
        Array.from({ length: 100 }, (_, i) => [`p${asked}-${i}`, "*"]),
      );
      asked++;
      const dist = { tarball: "http://127.0.0.1/x.tgz", integrity: "sha512-x" };
      return Response.json({ versions: { "1.0.0": { dist, dependencies } } });
    });
    const registry = `http://127.0.0.1:${server.addr.port}`;
    const config = { registry, scopes: {}, credentials: {} };
    await assertRejects(
      () => bundle("npm:p", { config }),
      PackageError,
      "depends on more than 2000 packages",
    );
    assert(asked <= 2000);
  });

  it("fills no memory with an archive that unpacks to a thousand times its size", async () => {
    const zeros = new Uint8Array(2 ** 20);
    let left = 2048;
    const stream = new ReadableStream<Uint8Array<ArrayBuffer>>({
      pull: (controller) => left-- > 0 ? controller.enqueue(zeros) : controller.close(),
    });
    const archive = await new Response(stream.pipeThrough(new CompressionStream("gzip"))).bytes();
    const before = Deno.memoryUsage().rss;
    await assertRejects(() => PackageFiles.unpack("x@1.0.0", archive), PackageError, "256 MiB");
    assert(Deno.memoryUsage().rss - before < 2 ** 30);
  });

  it("fills no memory with an archive of more files than anybody has", async () => {
    const header = { name: "package/x", size: 0, type: "file" } as const;
    const entry = (await packTar([{ header }])).slice(0, 512);
    const entries = Array.from({ length: 100_001 }, () => entry);
    const tar = new Blob([...entries, new Uint8Array(1024)]).stream();
    const archive = await new Response(tar.pipeThrough(new CompressionStream("gzip"))).bytes();
    const unpacked = PackageFiles.unpack("x@1.0.0", archive);
    await assertRejects(() => unpacked, PackageError, "too many files");
  });

  it("serves packages whose descriptions and names are none", async () => {
    const described: Record<string, unknown>[] = [
      { main: 5, module: {}, type: [], peerDependencies: [5] },
      { exports: { ".": [[5]] } },
      { imports: 5, scripts: { install: 5 }, dependencies: 5, optionalDependencies: null },
      { main: "/y.js" },
      { main: "../../../../etc/passwd" },
    ];
    await using registry = await startRegistry(
      described.map((fields, index) => ({
        manifest: { ...fields, name: `p${index}`, version: "1.0.0" },
        files: { "index.js": 'import "./y.js"; export default 1', "y.js": "export default 2" },
      })),
    );
    for (const index of described.keys()) {
      await requireTold(`npm:p${index}`, { config: registry.config });
    }
    for (const text of ["null", "[]", "5", "{{"]) {
      const body = new TextEncoder().encode(text);
      const name = "package/package.json";
      const header = { name, size: body.length, type: "file" } as const;
      const tar = new Blob([await packTar([{ header, body }])]).stream();
      const packed = await new Response(tar.pipeThrough(new CompressionStream("gzip"))).bytes();
      const unpacked = PackageFiles.unpack("x@1.0.0", packed);
      if (text === "{{") await assertRejects(() => unpacked, PackageError);
      else assertEquals(await (await unpacked).entry("", "import"), undefined);
    }
  });

  it("is led nowhere by a lock file of another shape", async () => {
    await using registry = await startRegistry(
      [{ manifest: { name: "p", version: "1.0.0" }, files: { "index.js": "export default 1" } }],
      { "m.js": () => new Response("export default 1") },
    );
    const module = `${registry.url}/m.js`;
    const pinned = { "npm:p": "1.0.0" };
    const locks: unknown[] = [
      { npm: 5, specifiers: 5, redirects: [], remote: null },
      { specifiers: { "npm:p": 5 } },
      { specifiers: pinned, npm: { "p@1.0.0": null } },
      { specifiers: pinned, npm: { "p@1.0.0": { integrity: 5, dependencies: [5, "@"] } } },
      { specifiers: pinned, npm: { "p@1.0.0": { integrity: "sha512-x", tarball: 5 } } },
      { remote: { [module]: "zz" } },
      { redirects: { [module]: 5 } },
      { redirects: { [module]: "\x1b[31m" } },
    ];
    await withFolder(async (folder) => {
      const path = join(folder, "deno.lock");
      for (const lock of locks) {
        await Deno.writeTextFile(path, JSON.stringify({ version: "5", ...lock as object }));
        const options = { config: registry.config, lock: await Lock.read(path) };
        await requireTold("npm:p", options);
        await requireTold(module, options);
      }
    });
  });
});

describe({ name: "what is kept of packages", ...KEPT }, () => {
  it("is fetched anew where it is damaged, and told as absent where nothing can be", async () => {
    const p = {
      manifest: { name: "p", version: "1.0.0" },
      files: { "index.js": "export default 1" },
    };
    await withFolder(async (cacheFolder) => {
      await using registry = await startRegistry([p]);
      const { config } = registry;
      await bundle("npm:p", { config, cacheFolder });
      await bundle("npm:p", { config, cacheFolder, isOffline: true });
      const kept = [...Deno.readDirSync(`${cacheFolder}/packages`)]
        .map(({ name }) => `${cacheFolder}/packages/${name}`);
      assertEquals(kept.length, 2);
      for (
        const damage of [(bytes: Uint8Array) => bytes.subarray(0, 99), () => new Uint8Array(9)]
      ) {
        for (const path of kept) Deno.writeFileSync(path, damage(Deno.readFileSync(path)));
        await assertRejects(
          () => bundle("npm:p", { config, cacheFolder, isOffline: true }),
          PackageError,
          "is not in the cache",
        );
        await bundle("npm:p", { config, cacheFolder });
      }
    });
  });
});

describe({ name: "the bundler of the backend", ...KEPT }, () => {
  it("may touch its cache and the program, should its parser be misled", async () => {
    await withFolder(async (folder) => {
      const cacheFolder = join(folder, "cache");
      await Deno.mkdir(cacheFolder);
      const config = { registry: "http://127.0.0.1", scopes: {}, credentials: {} };
      const permissions = bundlerPermissions({ config, cacheFolder });
      const worker = new Worker(new URL("../support/probe_worker.ts", import.meta.url), {
        type: "module",
        deno: { permissions },
      });
      const tried = (probe: Probe) =>
        new Promise<string>((resolve) => {
          worker.onmessage = ({ data }: MessageEvent<string>) => resolve(data);
          worker.postMessage(probe);
        });
      assertEquals(await tried({ write: join(cacheFolder, "x") }), "allowed");
      assertEquals(await tried({ read: join(cacheFolder, "x") }), "allowed");
      const refused: Probe[] = [
        { write: join(folder, "x") },
        { read: "/etc/passwd" },
        { read: folder },
        { run: "id" },
        { env: "HOME" },
      ];
      for (const probe of refused) {
        assertEquals(await tried(probe), "refused", JSON.stringify(probe));
      }
      worker.terminate();
    });
  });
});

describe({ name: "the proxy of npm's configuration", ...KEPT }, () => {
  it("is not asked for the hosts of NO_PROXY", async () => {
    await using registry = await startRegistry([], { "m.js": () => new Response("1") });
    await using proxy = startProxy(Number(new URL(registry.url).port));
    const config = { ...registry.config, proxy: proxy.url };
    for (
      const [direct, isAsked] of [[["127.0.0.1"], false], [["*"], false], [["x.y"], true]] as const
    ) {
      const before = proxy.seen.length;
      await downloader({ ...config, direct }, { isOffline: false }).get(`${registry.url}/m.js`);
      assertEquals(proxy.seen.length > before, isAsked, direct[0]);
    }
  });
});
