import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { afterAll, afterEach, beforeAll, describe, it } from "@std/testing/bdd";
import { nodePlatform } from "../../scripts/release/npm_packages.ts";
import { eventually } from "../support/eventually.ts";
import {
  npmrc,
  type PackageRegistry,
  servePackages,
  TOKEN,
  VERSION,
  writeSmallRelease,
} from "../support/package_registry.ts";
import { has, run } from "../support/program.ts";
import { startProxy } from "../support/proxy.ts";
import { withFolder } from "../support/temporary.ts";

/** The folder of a release. */
let release: string;
/** The shim that belongs to it. */
let program: string;
let registry: PackageRegistry;
/** The file of this platform's package. */
let tarball: string;

/** A home whose `.npmrc` says what is given; npm keeps everything there. */
async function withHome(
  settings: string,
  work: (home: string) => Promise<void>,
): Promise<void> {
  await withFolder(async (home) => {
    await Deno.writeTextFile(`${home}/.npmrc`, settings);
    await work(home);
  });
}

/** Runs the shim, which is told of nothing but the registry. */
function shim(home: string, env: Record<string, string> = {}) {
  return run("node", [program, "--version"], {
    cwd: home,
    env: { HOME: home, INSFORGE_SOURCE: "registry", ...env },
  });
}

/** The paths below a folder that is being written. */
function filesIn(folder: string): string[] {
  try {
    return [...Deno.readDirSync(folder)].flatMap(({ name, isDirectory }) =>
      isDirectory ? filesIn(`${folder}/${name}`) : [`${folder}/${name}`]
    );
  } catch {
    return [];
  }
}

const canRun = has("node") && has("npm") && Deno.build.os !== "windows";

describe({ name: "the npm package, from a registry alone", ignore: !canRun }, () => {
  beforeAll(async () => {
    release = await Deno.makeTempDir({ prefix: "insforge-test-" });
    program = `${release}/npm/bin/insforge.js`;
    await writeSmallRelease(release);
    const { os, cpu } = nodePlatform(Deno.build.target);
    tarball = `insforge-cli-${os}-${cpu}-${VERSION}.tgz`;
    registry = await servePackages(release);
  });
  afterEach(() => {
    registry.fault = undefined;
    (registry.fetched as string[]).length = 0;
  });
  afterAll(async () => {
    await registry[Symbol.asyncDispose]();
    await Deno.remove(release, { recursive: true });
  });

  it("runs through npx, which fetches nothing before it runs", async () => {
    await withHome(npmrc(registry.url), async (home) => {
      const options = { cwd: home, env: { HOME: home, npm_config_update_notifier: "false" } };
      const added = await run("npm", ["install", "--no-audit", "insforge"], options);
      assertEquals(added.code, 0, added.stderr);
      assertEquals(registry.fetched, [`insforge-${VERSION}.tgz`]);
      const { stdout, stderr } = await run("npx", ["--yes", "insforge", "--version"], options);
      assertEquals(stdout, `${VERSION}\n`, stderr);
      assertEquals(registry.fetched, [`insforge-${VERSION}.tgz`, tarball]);
    });
  });

  it("is fetched once by ten first runs at once, past a cache of npm's that is read-only", async () => {
    await withHome(npmrc(registry.url), async (home) => {
      const env = { npm_config_cache: "/dev/null/npm" };
      const runs = await Promise.all(Array.from({ length: 10 }, () => shim(home, env)));
      for (const { stdout, stderr } of runs) assertEquals(stdout, `${VERSION}\n`, stderr);
      assertEquals(registry.fetched, [tarball]);
      const names = [...Deno.readDirSync(home)].map(({ name }) => name).sort();
      assertEquals(names, [".cache", ".npmrc"]);
    });
  });

  it("comes from the registry of its scope that the project names, where npm runs it", async () => {
    const place = registry.url.replace("http:", "");
    await withHome(`registry=http://127.0.0.1:9/\n`, async (home) => {
      await Deno.mkdir(`${home}/project`);
      await Deno.writeTextFile(`${home}/project/package.json`, "{}");
      const lines = [`@insforge:registry=${registry.url}/`, `${place}/:_authToken=\${THE_TOKEN}`];
      await Deno.writeTextFile(`${home}/project/.npmrc`, lines.join("\n"));
      const env = { HOME: home, INSFORGE_SOURCE: "registry", THE_TOKEN: TOKEN };
      const runs = (more: Record<string, string>) =>
        run("node", [program, "--version"], {
          cwd: `${home}/project`,
          env: { ...env, ...more },
        });
      // Without npm, which has read them: whose project it is, and where its registry is, who knows?
      const unasked = await runs({});
      assertEquals([unasked.code, registry.fetched], [1, []], unasked.stderr);
      const { stdout, stderr } = await runs({ npm_command: "exec" });
      assertEquals(stdout, `${VERSION}\n`, stderr);
    });
  });

  it("goes through npm's proxy, with an account there", async () => {
    await using named = await servePackages(release, { origin: "http://registry.test" });
    await using proxy = startProxy(named.port);
    const account = proxy.url.replace("//", "//me:p%40ss@");
    await withHome(npmrc("http://registry.test", `proxy=${account}`), async (home) => {
      const { stdout, stderr } = await shim(home);
      assertEquals(stdout, `${VERSION}\n`, stderr);
      assertEquals(proxy.seen[0]!.credentials, btoa("me:p@ss"));
      assertEquals(named.fetched, [tarball]);
    });
  });

  it({ name: "trusts whom npm trusts", ignore: !has("openssl") }, async () => {
    await withFolder(async (folder) => {
      const made = await run("openssl", [
        ..."req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 1 -keyout key.pem -out cert.pem"
          .split(" "),
        ..."-subj /CN=127.0.0.1 -addext subjectAltName=IP:127.0.0.1".split(" "),
      ], { cwd: folder });
      assertEquals(made.code, 0, made.stderr);
      const [cert, key] = await Promise.all(
        ["cert.pem", "key.pem"].map((name) => Deno.readTextFile(`${folder}/${name}`)),
      );
      await using secure = await servePackages(release, { tls: { cert: cert!, key: key! } });
      for (const trust of [`cafile=${folder}/cert.pem`, "strict-ssl=false"]) {
        await withHome(npmrc(secure.url, trust), async (home) => {
          const { stdout, stderr } = await shim(home);
          assertEquals(stdout, `${VERSION}\n`, stderr);
        });
      }
      await withHome(npmrc(secure.url), async (home) => {
        const { code, stderr } = await shim(home);
        assertEquals(code, 1);
        assertMatch(stderr, /^insforge: npm cannot fetch @insforge\/cli-\S+: \S*CERT\S*\.\n$/);
      });
    });
  });

  it("comes from the next source where the first has nothing, and says what none had", async () => {
    const asked: string[] = [];
    let isThere = false;
    await using releases = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen() {} },
      (request) => {
        const { pathname } = new URL(request.url);
        asked.push(pathname);
        if (!isThere) return new Response("nothing here", { status: 404 });
        return Deno.open(`${release}/packages/${pathname.split("/").at(-1)}`)
          .then((file) => new Response(file.readable));
      },
    );
    await withHome(npmrc(registry.url), async (home) => {
      const env = { INSFORGE_DOWNLOAD_URL: `http://127.0.0.1:${releases.addr.port}` };
      const both = { ...env, INSFORGE_SOURCE: "registry, releases" };
      registry.fault = "missing";
      const none = await shim(home, both);
      assertEquals([none.code, none.stdout], [1, ""]);
      assertMatch(
        none.stderr,
        /^insforge: npm cannot fetch .*\(E404\)\. .* answers 404 to .*\.\n$/,
      );

      isThere = true;
      const second = await shim(home, both);
      assertEquals(second.stdout, `${VERSION}\n`, second.stderr);
      assertEquals(registry.fetched, []);

      await Deno.remove(`${home}/.cache`, { recursive: true });
      registry.fault = undefined;
      asked.length = 0;
      const first = await shim(home, both);
      assertEquals(first.stdout, `${VERSION}\n`, first.stderr);
      assertEquals([registry.fetched, asked], [[tarball], []]);
    });
  });

  it("says in one sentence what it cannot do", async () => {
    await withHome(`registry=${registry.url}/\n`, async (home) => {
      const account = await shim(home);
      assertMatch(account.stderr, /^insforge: npm cannot .*wants an account \(E401\)\.\n$/);
      const source = await shim(home, { INSFORGE_SOURCE: "elsewhere" });
      assertMatch(source.stderr, /^insforge: INSFORGE_SOURCE must be .*, not elsewhere\.\n$/);
      const bin = `${home}/bin`;
      await Deno.mkdir(bin);
      const { stdout: node } = await run("sh", ["-c", "command -v node"]);
      await Deno.symlink(node.trim(), `${bin}/node`);
      const alone = await shim(home, { PATH: bin });
      assertStringIncludes(alone.stderr, "npm is not on PATH.");
    });
  });

  it("leaves nothing behind when it is interrupted", async () => {
    await withHome(npmrc(registry.url), async (home) => {
      registry.fault = "silent";
      const child = new Deno.Command("node", {
        args: [program, "--version"],
        cwd: home,
        clearEnv: true,
        env: { PATH: Deno.env.get("PATH")!, HOME: home, INSFORGE_SOURCE: "registry" },
        stderr: "null",
      }).spawn();
      const cache = `${home}/.cache/insforge`;
      await eventually(() => filesIn(cache).some((path) => path.includes(".work/npm/cache/")));
      child.kill("SIGINT");
      assertEquals((await child.status).signal, "SIGINT");
      assertEquals([...Deno.readDirSync(cache)], []);
    });
  });
});
