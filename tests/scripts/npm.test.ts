import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { afterAll, afterEach, beforeAll, describe, it } from "@std/testing/bdd";
import { startProxy } from "../support/proxy.ts";
import { has, run } from "../support/program.ts";
import { buildRelease, RELEASE, type ReleaseServer, serveReleases } from "../support/releases.ts";
import { insforge } from "../support/executable.ts";
import { withFolder } from "../support/temporary.ts";

const PACKAGE = `${RELEASE}/npm`;
const SHIM = `${PACKAGE}/bin/insforge.js`;

let server: ReleaseServer;
let version: string;
/** The folder of this build below the cache. */
let own: string;

/** Runs the shim as someone whose home is `home`. */
function shim(home: string, args: string[] = ["--version"], env: Record<string, string> = {}) {
  return run("node", [SHIM, ...args], {
    cwd: home,
    env: { HOME: home, INSFORGE_DOWNLOAD_URL: server.url, ...env },
  });
}

/** What an expression is in Node, where `lib` requires a module of the package. */
async function inNode(expression: string): Promise<unknown> {
  const setUp = `const lib = (name) => require(${JSON.stringify(`${PACKAGE}/lib/`)} + name);`;
  const { stdout, stderr } = await run("node", [
    "-e",
    `${setUp} console.log(JSON.stringify(${expression}))`,
  ]);
  return JSON.parse(stdout || `"${stderr}"`);
}

/** The files below a folder, sorted. */
function filesIn(folder: string): string[] {
  return [...Deno.readDirSync(folder)].flatMap(({ name, isDirectory }) =>
    isDirectory ? filesIn(`${folder}/${name}`).map((file) => `${name}/${file}`) : [name]
  ).sort();
}

function archives(): string[] {
  return server.requests.filter((path) => path.endsWith(".tgz"));
}

const canRun = has("node") && Deno.build.os !== "windows";

describe({ name: "the npm package", ignore: !canRun }, () => {
  beforeAll(async () => {
    const manifest = await buildRelease();
    version = manifest.version;
    own = `${version}-${manifest.targets[Deno.build.target]!.archive.sha256.slice(0, 12)}`;
    server = await serveReleases();
  });
  afterEach(() => {
    server.fault = undefined;
    server.once = undefined;
    (server.requests as string[]).length = 0;
  });
  afterAll(async () => await server[Symbol.asyncDispose]());

  it("needs nothing and runs nothing when it is installed", async () => {
    const manifest = JSON.parse(await Deno.readTextFile(`${PACKAGE}/package.json`));
    assertEquals(manifest.version, version);
    assertEquals(manifest.engines.node, ">=18");
    for (const name of ["dependencies", "optionalDependencies", "scripts"]) {
      assertEquals(manifest[name], undefined, name);
    }
  });

  it({ name: "works as a packed tarball through npx", ignore: !has("npx") }, async () => {
    await withFolder(async (home) => {
      const env = {
        HOME: home,
        INSFORGE_DOWNLOAD_URL: server.url,
        npm_config_update_notifier: "false",
        npm_config_offline: "true",
      };
      const packed = await run("npm", ["pack", "--silent", PACKAGE], { cwd: home, env });
      assertEquals(packed.code, 0, packed.stderr);
      const tarball = `--package=./${packed.stdout.trim()}`;
      const npx = await run("npx", ["--yes", tarball, "insforge", "--version"], {
        cwd: home,
        env,
      });
      assertEquals([npx.code, npx.stdout], [0, `${version}\n`], npx.stderr);
      assertEquals((await Deno.stat(`${home}/${packed.stdout.trim()}`)).size < 50_000, true);
    });
  });

  it("fetches once, however many first runs there are, and works from a cache that is read-only", async () => {
    await withFolder(async (home) => {
      const runs = await Promise.all(Array.from({ length: 10 }, () => shim(home)));
      for (const { stdout, stderr } of runs) assertEquals(stdout, `${version}\n`, stderr);
      assertEquals(archives().length, 1);
      const cache = `${home}/.cache/insforge`;
      const names = filesIn(cache).map((file) => file.split("/").at(-1));
      assertEquals(names, ["insforge", "insforge.owner.json"]);

      await run("chmod", ["-R", "a-w", cache]);
      server.fault = "missing";
      const later = await shim(home);
      await run("chmod", ["-R", "u+w", cache]);
      assertEquals(later.stdout, `${version}\n`, later.stderr);

      const upgrade = await shim(home, ["upgrade"]);
      assertEquals(upgrade.code, 1);
      assertStringIncludes(upgrade.stderr, "belongs to npm");
      assertStringIncludes(upgrade.stderr, "npm install --global insforge@latest");
    });
  });

  it("passes on arguments, output, exit code and signals", async () => {
    await withFolder(async (home) => {
      const own = await insforge(["db", "tables", "a b", "--", "-x"], { cwd: home });
      const through = await shim(home, ["db", "tables", "a b", "--", "-x"]);
      assertEquals([through.code, through.stdout], [own.code, own.stdout]);
      assertEquals(through.stderr, own.stderr);

      const child = new Deno.Command("node", {
        args: [SHIM, "local", "serve", "--port", "0"],
        cwd: home,
        env: { HOME: home },
        stdout: "null",
        stderr: "piped",
      }).spawn();
      const reader = child.stderr.getReader();
      assert(!(await reader.read()).done);
      child.kill("SIGTERM");
      const status = await child.status;
      await reader.cancel();
      assert(status.code === 0 || status.signal === "SIGTERM", JSON.stringify(status));
    });
  });

  it("fetches anew what is not whole in the cache, and leaves other builds alone", async () => {
    await withFolder(async (home) => {
      const cache = `${home}/.cache/insforge`;
      const old = `${cache}/0.0.1-000000000000`;
      for (const folder of [own, `${version}-000000000000`, "0.0.1-000000000000"]) {
        await Deno.mkdir(`${cache}/${folder}`, { recursive: true });
        await Deno.writeTextFile(`${cache}/${folder}/insforge`, "no more of it", { mode: 0o755 });
      }
      const longAgo = new Date(Date.now() - 40 * 24 * 60 * 60 * 1000);
      // The folder may be one of the user's: what others keep there stays.
      const others = ["packages", "thesis.txt", "0.0.1-notes"];
      for (const name of others) await Deno.mkdir(`${cache}/${name}`);
      for (const name of others) await Deno.utime(`${cache}/${name}`, longAgo, longAgo);
      await Deno.utime(old, longAgo, longAgo);
      const { stdout, stderr } = await shim(home);
      assertEquals(stdout, `${version}\n`, stderr);
      assertEquals(archives().length, 1);
      const folders = [...Deno.readDirSync(cache)].map(({ name }) => name).sort();
      assertEquals(folders, [`${version}-000000000000`, own, ...others].sort());
    });
  });

  it("runs nothing that changed in the cache since its digest was checked", async () => {
    if (Deno.build.os === "windows") return;
    await withFolder(async (home) => {
      await shim(home);
      const file = `${home}/.cache/insforge/${own}/insforge`;
      const changes = [
        // Of the same size, as a patched one would be.
        async () => {
          const { size } = await Deno.stat(file);
          await Deno.writeTextFile(file, "#!/bin/sh\necho hacked\n".padEnd(size));
        },
        () => Deno.chmod(file, 0o777),
        async () => {
          await Deno.rename(file, `${home}/elsewhere`);
          await Deno.symlink(`${home}/elsewhere`, file);
        },
      ];
      for (const [index, change] of changes.entries()) {
        await change();
        assertEquals((await shim(home)).stdout, `${version}\n`);
        assertEquals(archives().length, index + 2);
      }
    });
  });

  it("tries again when a download breaks off", async () => {
    await withFolder(async (home) => {
      server.fault = "broken";
      server.once = true;
      const { stdout, stderr } = await shim(home);
      assertEquals(stdout, `${version}\n`, stderr);
      assertEquals(archives().length, 2);
    });
  });

  for (
    const [fault, said] of [
      ["damaged", /is not what this package expects, and was not kept/],
      ["forged", /is not what this package expects, and was not kept/],
      ["short", /broke off after \d+ of \d+ bytes\./],
      ["broken", /broke off|Cannot reach/],
      ["missing", /answers 404 to \/download\/v/],
    ] as const
  ) {
    it(`says in one sentence that the archive is ${fault}, and keeps nothing of it`, async () => {
      await withFolder(async (home) => {
        server.fault = fault;
        const { code, stdout, stderr } = await shim(home);
        assertEquals([code, stdout], [1, ""]);
        assertMatch(stderr, /^insforge: .*\.\n$/);
        assertMatch(stderr, said);
        assertEquals([...Deno.readDirSync(`${home}/.cache/insforge`)], []);
      });
    });
  }

  it("leaves nothing behind when it is interrupted", async () => {
    await withFolder(async (home) => {
      server.fault = "silent";
      const child = new Deno.Command("node", {
        args: [SHIM, "--version"],
        env: { HOME: home, INSFORGE_DOWNLOAD_URL: server.url },
        stderr: "null",
      }).spawn();
      while (server.requests.length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
      child.kill("SIGINT");
      assertEquals((await child.status).signal, "SIGINT");
      assertEquals(filesIn(home), []);
    });
  });

  it("takes over the lock of a first run that was killed", async () => {
    await withFolder(async (home) => {
      const cache = `${home}/.cache/insforge`;
      await Deno.mkdir(cache, { recursive: true });
      await Deno.writeTextFile(`${cache}/${own}.lock`, "");
      const before = new Date(Date.now() - 60_000);
      await Deno.utime(`${cache}/${own}.lock`, before, before);
      const { stdout, stderr } = await shim(home);
      assertEquals(stdout, `${version}\n`, stderr);
    });
  });

  it("uses the temporary folder without a home, and says what to do without any folder", async () => {
    await withFolder(async (folder) => {
      const spare = await shim(folder, ["--version"], { HOME: "", TMPDIR: folder });
      assertEquals(spare.stdout, `${version}\n`, spare.stderr);
      const none = await shim(folder, ["--version"], { INSFORGE_CACHE_DIR: "/dev/null/x" });
      assertEquals(none.code, 1);
      assertMatch(none.stderr, /^insforge: Cannot write to \/dev\/null\/x: .*CACHE_DIR\.\n$/);
    });
  });

  it("goes through a proxy, with an account there, by npm", async () => {
    await withFolder(async (home) => {
      await using proxy = startProxy(server.port);
      const account = proxy.url.replace("//", "//me:p%40ss@");
      const named = { INSFORGE_DOWNLOAD_URL: "http://releases.test", HTTP_PROXY: account };
      const plain = await shim(home, ["--version"], named);
      assertEquals(plain.stdout, `${version}\n`, plain.stderr);
      assertStringIncludes(proxy.seen[0]!.line, "GET http://releases.test/download/v");
      assertEquals(proxy.seen[0]!.credentials, btoa("me:p@ss"));
    });
  });

  it("says in one sentence what fails behind a proxy", async () => {
    await withFolder(async (home) => {
      await using proxy = startProxy(server.port);
      server.fault = "missing";
      const { code, stderr } = await shim(home, ["--version"], {
        INSFORGE_DOWNLOAD_URL: "http://releases.test",
        HTTP_PROXY: proxy.url,
      });
      assertEquals(code, 1);
      assertMatch(stderr, /^insforge: npm cannot fetch http:\S+: .*\(E404\)\.\n$/);
      assertEquals([...Deno.readDirSync(`${home}/.cache/insforge`)], []);
    });
  });

  it({ name: "goes through a tunnel to an encrypted host", ignore: !has("openssl") }, async () => {
    await withFolder(async (home) => {
      const made = await run("openssl", [
        ..."req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 1 -keyout key.pem -out cert.pem"
          .split(" "),
        ..."-subj /CN=releases.test -addext subjectAltName=DNS:releases.test".split(" "),
      ], { cwd: home });
      assertEquals(made.code, 0, made.stderr);
      await using secure = await serveReleases({
        tls: {
          cert: await Deno.readTextFile(`${home}/cert.pem`),
          key: await Deno.readTextFile(`${home}/key.pem`),
        },
      });
      await using proxy = startProxy(secure.port);
      const { stdout, stderr } = await shim(home, ["--version"], {
        INSFORGE_DOWNLOAD_URL: "https://releases.test",
        HTTPS_PROXY: proxy.url,
        NODE_EXTRA_CA_CERTS: `${home}/cert.pem`,
        // This machine's npm may trust others alone.
        npm_config_globalconfig: "/dev/null",
      });
      assertEquals(stdout, `${version}\n`, stderr);
      const asked = new Set(proxy.seen.map(({ line }) => line));
      assertEquals([...asked], ["CONNECT releases.test:443 HTTP/1.1"]);
    });
  });

  it("goes past the proxy to hosts that need none", async () => {
    await withFolder(async (home) => {
      await using proxy = startProxy(server.port);
      const { stdout, stderr } = await shim(home, ["--version"], {
        http_proxy: proxy.url,
        NO_PROXY: "example.com,127.0.0.1",
      });
      assertEquals(stdout, `${version}\n`, stderr);
      assertEquals(proxy.seen, []);
    });
  });

  it("says in one sentence which C library it needs", async () => {
    const [none, old, oldest, later] = await inNode(`[undefined, "2.17", "2.27", "3.0"].map((v) => {
      try { lib("platform.js").requireGlibc(v); } catch (error) { return error.message; }
    })`) as string[];
    assertMatch(none!, /glibc 2\.27 or newer.*another C library, such as the musl of/);
    assertMatch(old!, /glibc 2\.27 or newer, and this system has 2\.17\./);
    assertEquals([oldest, later], [null, null] as unknown[]);
  });

  it("says in one sentence that there is nothing for a platform", async () => {
    await withFolder(async (home) => {
      const faked = `${home}/fake.js`;
      await Deno.writeTextFile(
        faked,
        `Object.defineProperty(process, "arch", { value: "mips" });\n`,
      );
      const { code, stderr } = await shim(home, ["--version"], { NODE_OPTIONS: `-r ${faked}` });
      assertEquals(code, 1);
      assertMatch(stderr, /^insforge: There is no executable of version \S+ for mips-.*\.\n$/);
    });
  });
});
