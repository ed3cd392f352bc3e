import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { fromFileUrl } from "@std/path";
import { describe, it } from "@std/testing/bdd";
import { eventually } from "../support/eventually.ts";
import { has, run } from "../support/program.ts";
import { withFolder } from "../support/temporary.ts";

const ROOT = fromFileUrl(new URL("../../", import.meta.url));
const closedOnly = { ignore: Deno.env.get("INSFORGE_NETWORK") !== "closed" };

interface Checkout {
  readonly path: string;
  command(script: string, args: string[], env?: Record<string, string>): Deno.Command;
  run(script: string, args: string[], env?: Record<string, string>): Promise<{
    code: number;
    stdout: string;
    stderr: string;
  }>;
}

/** What Deno and npm keep of packages: nothing that set-up itself looks for, in many files. */
const CACHES = ["deno-dir/npm", "npm-cache"];

/**
 * Copies the parts of the checkout that set-up needs, with what was fetched already unless `cold`,
 * into a folder whose name has a space. HOME is absent unless given.
 */
async function withCheckout(
  work: (checkout: Checkout) => Promise<void>,
  { cold = false } = {},
): Promise<void> {
  await withFolder(async (folder) => {
    const path = `${folder}/a check out`;
    await Deno.mkdir(path);
    const parts = ["scripts", "src", "main.ts", "deno.json", "deno.lock"];
    await copy(() => parts.map((part) => `${ROOT}${part}`), path);
    if (!cold) await copySetup(`${ROOT}.setup`, `${path}/.setup`);
    const command: Checkout["command"] = (script, args, env = {}) =>
      new Deno.Command(`${path}/scripts/${script}`, {
        args,
        cwd: folder,
        clearEnv: true,
        env: { PATH: Deno.env.get("PATH") ?? "", npm_config_prefer_offline: "true", ...env },
        stdout: "piped",
        stderr: "piped",
      });
    await work({
      path,
      command,
      async run(script, args, env) {
        const output = await command(script, args, env).output();
        const decoder = new TextDecoder();
        return {
          code: output.code,
          stdout: decoder.decode(output.stdout),
          stderr: decoder.decode(output.stderr),
        };
      },
    });
  });
}

async function copySetup(from: string, to: string): Promise<void> {
  await Deno.mkdir(`${to}/deno-dir`, { recursive: true });
  const apart = CACHES.map((cache) => cache.split("/")[0]);
  await copy(() => {
    const parts = [...Deno.readDirSync(from)].map(({ name }) => name);
    return parts.filter((name) => !apart.includes(name)).map((name) => `${from}/${name}`);
  }, to);
  for (const cache of CACHES) await Deno.symlink(`${from}/${cache}`, `${to}/${cache}`);
}

/** Hard links, so that the copy costs nothing; what set-up changes it replaces. */
async function copy(paths: () => string[], to: string): Promise<void> {
  // Again where what a test beside this one keeps there for a moment has vanished meanwhile.
  await eventually(async () => {
    const args = ["-alf", ...paths(), to];
    return (await new Deno.Command("cp", { args }).output()).success;
  });
}

async function fetched(path: string): Promise<string[]> {
  const names: string[] = [];
  for await (const { name } of Deno.readDir(`${path}/.setup`)) names.push(name);
  return names.sort();
}

/** Removes what set-up made of the packages, and the choice of network. */
async function forgetPackages(path: string): Promise<void> {
  for (const name of await fetched(path)) {
    if (!/^(windmill-cli|deno-std|closed-.*|network)$/.test(name)) continue;
    await Deno.remove(`${path}/.setup/${name}`, { recursive: true });
  }
}

/** A `PATH` on which a shell script takes the place of a command. */
async function withCommand(
  name: string,
  script: string,
  work: (env: { PATH: string }) => Promise<void>,
): Promise<void> {
  await withFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/${name}`, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    await work({ PATH: `${folder}:${Deno.env.get("PATH")}` });
  });
}

describe({ name: "the set-up", ...closedOnly }, () => {
  it("works without network from the second run on", async () => {
    await withCheckout(async ({ run }) => {
      const noNetwork = { https_proxy: "http://127.0.0.1:9", HTTPS_PROXY: "http://127.0.0.1:9" };
      const result = await run("insforge", ["--version"], noNetwork);
      assertEquals([result.code, result.stdout], [0, "0.1.0\n"], result.stderr);
    });
  });

  it("leaves nothing in HOME", async () => {
    await withFolder(async (home) => {
      await withCheckout(async ({ run }) => {
        assertEquals((await run("insforge", ["--version"], { HOME: home })).code, 0);
      });
      for await (const { name } of Deno.readDir(home)) throw new Error(`found ${name}`);
    });
  });

  it("does not look for Deno again where it is what is found", async () => {
    await withCheckout(async ({ run, path }) => {
      await Deno.mkdir(`${path}/bin`);
      const found = `#!/bin/sh\necho "$INSFORGE_FINDS_DENO" >>"$0.txt"\nexit 127\n`;
      await Deno.writeTextFile(`${path}/bin/deno`, found, { mode: 0o755 });
      const PATH = `${path}/bin:${Deno.env.get("PATH")}`;
      assertEquals((await run("deno", ["--version"], { PATH })).code, 0);
      const word = (await Deno.readTextFile(`${path}/bin/deno.txt`)).trim();
      assertEquals(word, "1");
      assertEquals((await run("deno", ["--version"], { INSFORGE_FINDS_DENO: word })).code, 127);
    });
  });
  it("takes the network that it is told", async () => {
    await withCheckout(async ({ run, path }) => {
      await Deno.remove(`${path}/.setup/network`);
      const result = await run("insforge", ["--version"], { INSFORGE_NETWORK: "closed" });
      assertEquals(result.code, 0, result.stderr);
      assertEquals((await fetched(path)).includes("network"), false);
      const wrong = await run("insforge", ["--version"], { INSFORGE_NETWORK: "half-open" });
      assertEquals(wrong.code, 1);
      assertStringIncludes(wrong.stderr, "INSFORGE_NETWORK must be open or closed");
    });
  });

  it("asks anew after a day whether the network is still closed", async () => {
    await withCheckout(async ({ run, path }) => {
      const file = `${path}/.setup/network`;
      await Deno.remove(file);
      for (const [hours, isAsked] of [[23, false], [49, true]] as const) {
        await Deno.writeTextFile(file, "closed\n");
        const before = new Date(Date.now() - hours * 60 * 60 * 1000);
        await Deno.utime(file, before, before);
        const { code, stderr } = await run("insforge", ["--version"]);
        assertEquals(code, 0, stderr);
        assertEquals((await Deno.stat(file)).mtime! > before, isAsked, `${hours} hours`);
      }
    });
  });

  it("refuses a package that is not the pinned one, and leaves nothing half-done", async () => {
    await withCheckout(async ({ run, path }) => {
      const pins = `${path}/scripts/closed_network/packages.txt`;
      const text = await Deno.readTextFile(pins);
      await Deno.remove(pins);
      await Deno.writeTextFile(
        pins,
        text.replace(/^(windmill-cli \S+) sha512-./m, "$1 sha512-_"),
      );
      await Deno.remove(`${path}/.setup/windmill-cli`, { recursive: true });
      const before = await fetched(path);
      const result = await run("insforge", ["--version"]);
      assertEquals(result.code, 1);
      assertStringIncludes(result.stderr, "is not what is pinned");
      assertEquals(await fetched(path), before);
      await Deno.writeTextFile(pins, text);
      assertEquals((await run("insforge", ["--version"])).code, 0);
    });
  });

  it("leaves nothing half-done when a package cannot be unpacked", async () => {
    const halfDone = 'for last; do :; done; mkdir -p "$last/package/esm"; exit 2';
    await withCommand("tar", halfDone, async (env) => {
      await withCheckout(async ({ run, path }) => {
        await forgetPackages(path);
        const before = await fetched(path);
        const result = await run("insforge", ["--version"], env);
        assertEquals(result.code, 1);
        assertStringIncludes(result.stderr, "Cannot unpack windmill-cli");
        assertEquals(await fetched(path), before);
      });
    });
  });

  it("leaves nothing half-done when it is interrupted, and goes on the next time", async () => {
    await withFolder(async (folder) => {
      const gate = `${folder}/gate`;
      await new Deno.Command("mkfifo", { args: [gate] }).output();
      await withCommand("npm", `echo half >half.tgz; read -r _ <"${gate}"`, async (env) => {
        await withCheckout(async ({ command, run, path }) => {
          await forgetPackages(path);
          const before = await fetched(path);
          const script = command("insforge", ["--version"], env).spawn();
          // Opens when the command in the place of npm has begun to wait.
          const open = await Deno.open(gate, { write: true });
          script.kill("SIGTERM");
          open.close();
          assertEquals((await script.output()).code, 130);
          assertEquals(await fetched(path), before);
          assertEquals((await run("insforge", ["--version"])).stdout, "0.1.0\n");
        });
      });
    });
  });

  it("is done once by two scripts that start together", async () => {
    await withCheckout(async ({ run, path }) => {
      await forgetPackages(path);
      const before = await fetched(path);
      const results = await Promise.all([1, 2].map(() => run("insforge", ["--version"])));
      for (const { stdout, stderr } of results) assertEquals(stdout, "0.1.0\n", stderr);
      const made = (await fetched(path)).filter((name) => !before.includes(name));
      assertEquals(made.map((name) => name.replace(/-\d+$/, "")), [
        "closed",
        "deno-std",
        "network",
        "windmill-cli",
      ]);
      assertEquals(await Deno.readTextFile(`${path}/.setup/network`), "closed\n");
    });
  });

  it("does not remember a machine without network as one on a closed network", async () => {
    await withCommand("npm", "echo npm error code ENOTFOUND >&2; exit 1", async (env) => {
      await withCheckout(async ({ run, path }) => {
        await forgetPackages(path);
        const result = await run("insforge", ["--version"], env);
        assertEquals(result.code, 1);
        assertStringIncludes(result.stderr, "from npm: ENOTFOUND.");
        assertEquals((await fetched(path)).includes("network"), false);
      });
    });
  });

  it("says in one sentence what is missing", async () => {
    await withFolder(async (tools) => {
      const needed = [
        "sh",
        "dirname",
        "mkdir",
        "uname",
        "cat",
        "grep",
        "cut",
        "sed",
        "cksum",
      ];
      for (const tool of needed) {
        const { stdout } = await new Deno.Command("sh", { args: ["-c", `command -v ${tool}`] })
          .output();
        await Deno.symlink(new TextDecoder().decode(stdout).trim(), `${tools}/${tool}`);
      }
      await withCheckout(async ({ run }) => {
        const result = await run("insforge", ["--version"], { PATH: tools });
        assertEquals(result.code, 1);
        assertMatch(result.stderr, /^Deno 2\.6 or newer is needed: .*\n$/);
      }, { cold: true });
    });
  });
});

/** All that is written for shells. */
async function shellScripts(): Promise<string[]> {
  const scripts = [`${ROOT}.ci/run`];
  for await (const { name, isFile } of Deno.readDir(`${ROOT}scripts`)) {
    const path = `${ROOT}scripts/${name}`;
    if (isFile && (name.endsWith(".sh") || !name.includes("."))) scripts.push(path);
  }
  return scripts.filter((path) => !path.endsWith("Dockerfile"));
}

describe("the scripts", () => {
  it("are valid for every POSIX shell", async () => {
    for (const path of await shellScripts()) {
      const { success } = await new Deno.Command("sh", { args: ["-n", path] }).output();
      assert(success, path);
    }
  });

  it({ name: "pass ShellCheck", ignore: !has("shellcheck") }, async () => {
    const { stdout, stderr } = await run("shellcheck", await shellScripts());
    assertEquals(stdout + stderr, "");
  });

  it("pin one version of Deno for CI and releases, in the range that deno.json says", async () => {
    const { engines } = JSON.parse(await Deno.readTextFile(`${ROOT}deno.json`));
    const [, oldest] = /^>=(\S+) <3$/.exec(engines.deno)!;
    const setUp = await Deno.readTextFile(`${ROOT}scripts/setup.sh`);
    assertStringIncludes(setUp, `Deno ${oldest} or newer is needed`);
    const versions = new Map<string, Set<string>>();
    for (const name of ["ci", "nightly", "release"]) {
      const text = await Deno.readTextFile(`${ROOT}.github/workflows/${name}.yml`);
      const pinned = text.matchAll(/deno(?:-version)?: \[?v(\d+\.\d+\.\d+)/g);
      versions.set(name, new Set([...pinned].map(([, version]) => version!)));
    }
    assertEquals(versions.get("nightly"), versions.get("release"));
    const [released] = versions.get("release")!;
    assertEquals(versions.get("release")!.size, 1);
    const [older] = versions.get("ci")!.difference(new Set([released!]));
    assert(older!.startsWith(`${oldest}.`), older);
  });

  it("let workflows run actions by their commits alone", async () => {
    for await (const { name } of Deno.readDir(`${ROOT}.github/workflows`)) {
      const text = await Deno.readTextFile(`${ROOT}.github/workflows/${name}`);
      for (const [, action] of text.matchAll(/uses: (\S+)/g)) {
        assertMatch(action!, /^[\w/.-]+@[0-9a-f]{40}$/, name);
      }
    }
  });
});
