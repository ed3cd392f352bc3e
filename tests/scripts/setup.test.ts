import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { fromFileUrl } from "@std/path";
import { describe, it } from "@std/testing/bdd";
import { withFolder } from "../support/temporary.ts";

const ROOT = fromFileUrl(new URL("../../", import.meta.url));
const closedOnly = { ignore: Deno.env.get("INSFORGE_NETWORK") !== "closed" };

interface Checkout {
  readonly path: string;
  run(script: string, args: string[], env?: Record<string, string>): Promise<{
    code: number;
    stdout: string;
    stderr: string;
  }>;
}

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
    if (!cold) parts.push(".setup");
    await copy(parts.map((part) => `${ROOT}${part}`), path);
    await work({
      path,
      async run(script, args, env = {}) {
        const output = await new Deno.Command(`${path}/scripts/${script}`, {
          args,
          cwd: folder,
          clearEnv: true,
          env: { PATH: Deno.env.get("PATH") ?? "", ...env },
        }).output();
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

/** Hard links, so that the copy costs nothing; what set-up changes it replaces. */
async function copy(paths: string[], to: string): Promise<void> {
  const { success } = await new Deno.Command("cp", { args: ["-al", ...paths, to] }).output();
  assert(success);
}

async function fetched(path: string): Promise<string[]> {
  const names: string[] = [];
  for await (const { name } of Deno.readDir(`${path}/.setup`)) names.push(name);
  return names.sort();
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
        assertStringIncludes(result.stderr, "Deno 2.6 or newer is needed");
      }, { cold: true });
    });
  });
});

describe("the scripts", () => {
  it("are valid for every POSIX shell", async () => {
    for (const name of ["setup.sh", "insforge", "build", "test", "demo", "deno"]) {
      const { success } = await new Deno.Command("sh", { args: ["-n", `${ROOT}scripts/${name}`] })
        .output();
      assert(success, name);
    }
  });
});
