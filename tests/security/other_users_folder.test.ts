/** Folders that another user of the machine made, on the way up from where a command runs. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { dirname } from "@std/path";
import { describe, it } from "@std/testing/bdd";
import { insforge } from "../support/executable.ts";
import { type StubServer, stubServer } from "../support/stub_server.ts";
import { withFolder } from "../support/temporary.ts";

const isWindows = Deno.build.os === "windows";

async function link(root: string, { url }: Pick<StubServer, "url">): Promise<void> {
  await Deno.mkdir(`${root}/.insforge`, { recursive: true, mode: 0o700 });
  await Deno.writeTextFile(
    `${root}/.insforge/project.json`,
    JSON.stringify({ project_id: "p", api_key: "ik_theirs", oss_host: url }),
    { mode: 0o600 },
  );
}

/**
 * Makes a folder look as one of somebody else's: by its owner where a test may, else by its mode.
 */
async function giveAway(path: string): Promise<void> {
  if (Deno.uid() === 0) await Deno.chown(path, 12345, 12345);
  else await Deno.chmod(path, 0o777);
}

async function withLink(
  work: (folder: string, host: StubServer) => Promise<void>,
): Promise<void> {
  if (isWindows) return;
  await using host = stubServer(() => Response.json([]));
  await withFolder(async (folder) => {
    await link(folder, host);
    await Deno.mkdir(`${folder}/mine/deep`, { recursive: true });
    await work(folder, host);
  });
}

const tables = (cwd: string, env: Record<string, string> = {}) =>
  insforge(["db", "tables"], { cwd, env });

describe("a link that another user can have made", () => {
  for (const path of [".insforge", ".insforge/project.json"]) {
    it(`is passed over further up (${path}), which is told with how to trust it`, async () => {
      await withLink(async (folder, host) => {
        assertEquals((await tables(`${folder}/mine`)).code, 0);
        await giveAway(`${folder}/${path}`);
        const asked = host.requests.length;
        const { code, stderr } = await tables(`${folder}/mine/deep`);
        assertEquals([code, host.requests.length], [3, asked]);
        assertStringIncludes(stderr, `The link in ${folder} is not used`);
        assertStringIncludes(stderr, `INSFORGE_SAFE_DIRECTORY=${folder}/.insforge`);
        const trusted = { INSFORGE_SAFE_DIRECTORY: folder };
        assertEquals((await tables(`${folder}/mine`, trusted)).code, 0);
      });
    });
  }

  it("is refused where the command runs", async () => {
    await withLink(async (folder, host) => {
      await giveAway(`${folder}/.insforge`);
      for (const args of [["db", "tables"], ["current"], ["local", "start"]]) {
        const { code, stderr } = await insforge(args, { cwd: folder });
        assertEquals(code, 1, args.join(" "));
        assertStringIncludes(stderr, `${folder}/.insforge is not used`);
      }
      assertEquals(host.requests.length, 0);
    });
  });

  it("is trusted when the global configuration says so", async () => {
    await withLink(async (folder) => {
      await giveAway(`${folder}/.insforge`);
      await withFolder(async (home) => {
        await Deno.mkdir(`${home}/.insforge`);
        const config = JSON.stringify({ safe_directories: [folder] });
        await Deno.writeTextFile(`${home}/.insforge/config.json`, config);
        assertEquals((await tables(folder, { HOME: home })).code, 0);
      });
    });
  });

  it("gives no key to a local backend whose folder or keys are somebody else's", async () => {
    if (isWindows) return;
    await withFolder(async (cwd) => {
      const state = { pid: 1, port: 1, url: "http://127.0.0.1:1", startedAt: "", version: "" };
      for (const name of ["", "keys.json"]) {
        await Deno.mkdir(`${cwd}/data`);
        await Deno.writeTextFile(`${cwd}/data/keys.json`, '{"apiKey":"ik_x"}');
        await Deno.writeTextFile(`${cwd}/data/server.json`, JSON.stringify(state));
        await giveAway(`${cwd}/data/${name}`);
        for (const command of ["start", "status", "stop", "reset"]) {
          const args = ["local", command, "--data-dir", "data", "-y"];
          const { code, stderr } = await insforge(args, { cwd });
          assertEquals(code, 1, command);
          assertStringIncludes(stderr, `${cwd}/data is not used`);
        }
        await Deno.remove(`${cwd}/data`, { recursive: true });
      }
    });
  });
});

describe("a link above", () => {
  it("the root of a repository is not used, and told", async () => {
    await withLink(async (folder, host) => {
      await Deno.mkdir(`${folder}/mine/.git`);
      const { code, stderr } = await tables(`${folder}/mine/deep`);
      assertEquals([code, host.requests.length], [3, 0]);
      assertStringIncludes(stderr, `above the repository in ${folder}/mine`);
    });
  });

  it("the home folder is not used, and told", async () => {
    await withLink(async (folder, host) => {
      const { code, stderr } = await tables(`${folder}/mine/deep`, { HOME: `${folder}/mine` });
      assertEquals([code, host.requests.length], [3, 0]);
      assertStringIncludes(stderr, "above your home folder");
      assertStringIncludes(stderr, dirname(`${folder}/mine`));
    });
  });
});

describe("a .git that another user can have made", () => {
  it("does not make a backend below it one that came with a repository", async () => {
    if (isWindows || Deno.uid() !== 0) return;
    await withFolder(async (folder) => {
      const cwd = `${folder}/mine`;
      await Deno.mkdir(`${folder}/.git`);
      await Deno.writeTextFile(`${folder}/.git/index`, "no index");
      await giveAway(`${folder}/.git`);
      await link(cwd, { url: "http://127.0.0.1:1" });
      await Deno.mkdir(`${cwd}/.insforge/local`, { mode: 0o700 });
      await Deno.writeTextFile(`${cwd}/.insforge/local/keys.json`, '{"apiKey":"ik_x"}');
      assertEquals((await insforge(["local", "stop"], { cwd })).code, 0);
      // Whoever has the folder has the repository that it came with, too.
      await Deno.chown(`${cwd}/.insforge/local`, 12345, 12345);
      const { code, stderr } = await insforge(["local", "stop"], {
        cwd,
        env: { INSFORGE_SAFE_DIRECTORY: "*" },
      });
      assertEquals(code, 1);
      assertStringIncludes(stderr, "came with this repository");
    });
  });
});

describe("a cache that another can have filled", () => {
  const grants = async (cwd: string, cache: string, env: Record<string, string> = {}) =>
    (await insforge(["grants", "functions", "deploy", "hello"], {
      cwd,
      env: { HOME: cwd, XDG_CACHE_HOME: cache, ...env },
    })).stdout;

  it("is not used: neither another user's nor, by a relative name, a clone's", async () => {
    if (isWindows) return;
    await withFolder(async (folder) => {
      await Deno.mkdir(`${folder}/cache/insforge`, { recursive: true, mode: 0o700 });
      const place = `${folder}/cache/insforge`;
      assertStringIncludes(await grants(folder, `${folder}/cache`), place);
      assertEquals((await grants(folder, "cache")).includes(place), false);
      await giveAway(place);
      assertEquals((await grants(folder, `${folder}/cache`)).includes(place), false);
      const trusted = { INSFORGE_SAFE_DIRECTORY: place };
      assertStringIncludes(await grants(folder, `${folder}/cache`, trusted), place);
    });
  });
});
