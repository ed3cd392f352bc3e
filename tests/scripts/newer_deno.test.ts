import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { fromFileUrl } from "@std/path";
import { describe, it } from "@std/testing/bdd";
import { addressIn } from "../../scripts/on_platforms/backend.ts";
import { serveProcess } from "../support/server_process.ts";
import { has, run } from "../support/program.ts";
import { withFolder } from "../support/temporary.ts";

const ROOT = fromFileUrl(new URL("../../", import.meta.url));
/** The Deno that makes releases; this machine's may be older. */
const NEWER = "2.9.6";
const FOLDER = `${ROOT}.setup/deno-${NEWER}`;

/** Fetches it from npm, once; `undefined` where it cannot be had. */
async function newerDeno(): Promise<string | undefined> {
  const deno = `${FOLDER}/package/deno`;
  if (await Deno.stat(deno).catch(() => undefined)) return deno;
  const isKnown = Deno.build.target === "x86_64-unknown-linux-gnu" && has("npm");
  if (!isKnown) return undefined;
  const partial = `${FOLDER}.${Deno.pid}`;
  await Deno.mkdir(partial, { recursive: true });
  const options = { cwd: partial, env: { HOME: Deno.env.get("HOME") ?? partial } };
  const args = ["pack", "--ignore-scripts", "--fetch-retries=0", `@deno/linux-x64-glibc@${NEWER}`];
  const packed = await run("npm", args, options);
  if (packed.code === 0) {
    await run("tar", ["-xzf", packed.stdout.trim()], options);
    await Deno.remove(`${partial}/${packed.stdout.trim()}`);
    await Deno.chmod(`${partial}/package/deno`, 0o755);
    await Deno.rename(partial, FOLDER).catch(() => {});
  }
  await Deno.remove(partial, { recursive: true }).catch(() => {});
  return packed.code === 0 ? deno : undefined;
}

const deno = await newerDeno();
if (!deno) console.error(`skipped: Deno ${NEWER} cannot be fetched from npm`);

const SETTINGS = {
  DENO_DIR: `${FOLDER}/cache`,
  DENO_NO_UPDATE_CHECK: "1",
  // Behind a proxy that intercepts it could not fetch packages, and would try for minutes.
  DENO_TLS_CA_STORE: "system,mozilla",
};

/** What runs the bundle of this build under it. */
function commandLine(args: string[]): string[] {
  const flags = (Deno.env.get("INSFORGE_DENO_FLAGS") ?? "").split("\n").filter(Boolean);
  const allowed = ["net", "read", "write", "env", "run", "sys"].map((name) => `--allow-${name}`);
  const unstable = ["--unstable-worker-options", "--unstable-raw-imports"];
  const own = ["run", "--quiet", "--no-prompt", "--no-check", ...unstable];
  return [...own, ...flags, ...allowed, `${ROOT}.setup/bundle/main.js`, ...args];
}

function bundled(args: string[], env: Record<string, string>, cwd: string) {
  return run(deno!, commandLine(args), { cwd, env: { ...SETTINGS, ...env } });
}

/** The kinds of packets with which a client of realtime is let in; contract section 17.1. */
function joinsRealtime(url: string, apiKey: string): Promise<string[]> {
  const { promise, resolve } = Promise.withResolvers<string[]>();
  const packets: string[] = [];
  const socket = new WebSocket(`${url}/socket.io/?EIO=4&transport=websocket`);
  socket.onmessage = ({ data }) => {
    packets.push(/^\d+/.exec(data)![0]);
    if (packets.length === 1) socket.send(`40${JSON.stringify({ apiKey })}`);
    else socket.close();
  };
  socket.onclose = () => resolve(packets);
  return promise;
}

describe({ name: `under Deno ${NEWER}`, ignore: !deno }, () => {
  it("the bundle runs: by itself, in its worker, and against a backend", async () => {
    await withFolder(async (home) => {
      const { version } = JSON.parse(await Deno.readTextFile(`${ROOT}deno.json`));
      const alone = await bundled(["--version"], { HOME: home }, home);
      assertEquals([alone.code, alone.stdout], [0, `${version}\n`], alone.stderr);
      assertEquals((await bundled(["whoami"], { HOME: home }, home)).code, 2);
      const server = await serveProcess(`${home}/data`);
      try {
        const env = { HOME: home, ...server.env };
        const asked = await bundled(["db", "query", "SELECT 6 * 7 AS n", "--json"], env, home);
        assertEquals(asked.code, 0, asked.stderr);
        assertStringIncludes(asked.stdout, "42");
        const wrong = await bundled(["db", "query", "SELEC 1"], env, home);
        assertEquals(wrong.code, 1);
        assertStringIncludes(wrong.stderr, "syntax error");
        // What errors of the runtime say is read: this one becomes a sentence about the host.
        const nobody = { ...env, INSFORGE_BASE_URL: "http://127.0.0.1:9" };
        const refused = await bundled(["db", "tables"], nobody, home);
        assertEquals(refused.code, 1);
        assertStringIncludes(refused.stderr, "127.0.0.1:9");
        assert(!refused.stderr.includes("    at "), refused.stderr);
      } finally {
        await server.kill();
      }
    });
  });

  it("the bundle is a local backend too, with what was prepared for the executable", async () => {
    await withFolder(async (home) => {
      const child = new Deno.Command(deno!, {
        args: commandLine(["local", "serve", "--data-dir", `${home}/data`, "--port", "0"]),
        cwd: home,
        env: { ...SETTINGS, HOME: home },
        stdout: "null",
        stderr: "piped",
      }).spawn();
      try {
        const url = await addressIn(child.stderr);
        const { apiKey } = JSON.parse(await Deno.readTextFile(`${home}/data/keys.json`));
        const env = { HOME: home, INSFORGE_BASE_URL: url, INSFORGE_API_KEY: apiKey };
        const asked = await bundled(["db", "query", "SELECT 6 * 7 AS n", "--json"], env, home);
        assertStringIncludes(asked.stdout, "42", asked.stderr);
        assertEquals(await joinsRealtime(url, apiKey), ["0", "40"]);
      } finally {
        child.kill("SIGTERM");
        await child.status;
      }
    });
  });
});
