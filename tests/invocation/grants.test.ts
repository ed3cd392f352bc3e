import { assertEquals } from "@std/assert";
import { dirname, fromFileUrl, join } from "@std/path";
import { describe, it } from "@std/testing/bdd";
import { commands } from "../../src/commands/mod.ts";
import { environmentVariable } from "../../src/core/environment.ts";
import { npmSurroundings } from "../../src/invocation/function_sources.ts";
import { grantsFor } from "../../src/invocation/grants/mod.ts";
import { programFiles } from "../../src/core/program_files.ts";
import { realPlace } from "../../src/files/real_path.ts";
import { npmConfigFiles, readNpmConfig } from "../../src/shared/packages/npm_config.ts";
import { keptInputPath, scratchPath } from "../../src/files/temporary_paths.ts";
import type { Commands } from "../../src/cli/command.ts";
import type { Probe } from "../support/probe_worker.ts";
import { launchIn } from "../support/launch.ts";
import { stubServer } from "../support/stub_server.ts";
import { withFolder } from "../support/temporary.ts";

/** What the launcher knows of a command line that is typed in a folder with a home in it. */
function factsIn(cwd: string, line: readonly string[]) {
  return launchIn(cwd, line, { globalFolder: `${cwd}/home/.insforge` });
}

/** A worker that holds what the command line would get, and tries things. */
async function withSandbox(
  cwd: string,
  line: string[],
  work: (attempt: (probe: Probe) => Promise<string>) => Promise<void>,
  launch = factsIn(cwd, line),
): Promise<void> {
  const { permissions } = grantsFor(launch);
  const worker = new Worker(new URL("../support/probe_worker.ts", import.meta.url), {
    type: "module",
    deno: { permissions },
  });
  try {
    await work((probe) =>
      new Promise((resolve) => {
        worker.onmessage = ({ data }) => resolve(data);
        worker.postMessage(probe);
      })
    );
  } finally {
    worker.terminate();
  }
}

async function link(root: string, url: string): Promise<void> {
  await Deno.mkdir(`${root}/.insforge`, { recursive: true });
  await Deno.writeTextFile(
    `${root}/.insforge/project.json`,
    JSON.stringify({ project_id: "p", api_key: "ik_test", oss_host: url }),
  );
}

describe("a sandbox, from inside", () => {
  it("reaches the project's host and no other", async () => {
    await using server = stubServer(() => new Response());
    await using other = stubServer(() => new Response());
    await withFolder(async (cwd) => {
      await link(cwd, server.url);
      await withSandbox(cwd, ["db", "tables"], async (attempt) => {
        assertEquals(await attempt({ fetch: server.url }), "allowed");
        assertEquals(await attempt({ fetch: other.url }), "refused");
        assertEquals(await attempt({ fetch: "https://example.com" }), "refused");
      });
    });
  });

  it("is refused a redirect to another host", async () => {
    await using other = stubServer(() => new Response());
    await using server = stubServer(() => Response.redirect(other.url));
    await withFolder(async (cwd) => {
      await link(cwd, server.url);
      await withSandbox(cwd, ["db", "tables"], async (attempt) => {
        assertEquals(await attempt({ fetch: server.url }), "refused");
        assertEquals(other.requests.length, 0);
      });
    });
  });

  it("reads the file that was named and no other, and writes none", async () => {
    await withFolder(async (cwd) => {
      await link(cwd, "http://127.0.0.1:1");
      await Deno.writeTextFile(`${cwd}/a.sql`, "");
      await Deno.writeTextFile(`${cwd}/b.sql`, "");
      await withSandbox(cwd, ["db", "query", "--file", "a.sql"], async (attempt) => {
        assertEquals(await attempt({ read: `${cwd}/a.sql` }), "allowed");
        assertEquals(await attempt({ read: `${cwd}/.insforge/project.json` }), "refused");
        assertEquals(await attempt({ read: `${cwd}/b.sql` }), "refused");
        assertEquals(await attempt({ write: `${cwd}/a.sql` }), "refused");
        assertEquals(await attempt({ read: `${cwd}/home/.insforge/credentials.json` }), "refused");
      });
    });
  });

  it("starts no program and sees no other variable", async () => {
    await withFolder(async (cwd) => {
      await withSandbox(cwd, ["db", "tables"], async (attempt) => {
        assertEquals(await attempt({ run: Deno.execPath() }), "refused");
        assertEquals(await attempt({ env: "PATH" }), "refused");
        assertEquals(await attempt({ env: "INSFORGE_API_KEY" }), "allowed");
      });
    });
  });
});

/** Files that a command could be after, by path below a folder, and the words that give them. */
const ASIDE: Readonly<Record<string, readonly string[]>> = {
  "outside": [],
  "home/.bashrc": [],
  "home/.insforge/credentials.json": ["global files"],
  "project/plain.txt": ["working directory", "deployed folder", "function sources"],
  "project/.env": ["working directory", "deployed folder", "function sources", "env files"],
  "project/.insforge/project.json": [
    "working directory",
    "deployed folder",
    "function sources",
    "project link",
  ],
  "project/migrations/1_a.sql": [
    "working directory",
    "deployed folder",
    "function sources",
    "./migrations",
  ],
};

function pathsOf(commands: Commands, path: string[] = []): string[][] {
  return Object.entries(commands).flatMap(([name, node]) => {
    const own = [...path, name];
    return "commands" in node ? pathsOf(node.commands, own) : [own];
  });
}

describe("the sandbox of every command, from inside", () => {
  for (const path of pathsOf(commands)) {
    it(`${path.join(" ")} reaches what its declaration names and nothing else`, async () => {
      await using server = stubServer(() => new Response());
      await withFolder(async (folder) => {
        for (const file of Object.keys(ASIDE)) {
          await Deno.mkdir(dirname(join(folder, file)), { recursive: true });
          await Deno.writeTextFile(join(folder, file), "");
        }
        const cwd = `${folder}/project`;
        await link(cwd, server.url);
        const launch = launchIn(cwd, path, { globalFolder: `${folder}/home/.insforge` });
        const { hosts = [], read = [], write = [], run = [] } = launch.invocation.reach;
        const given = new Map<string, boolean>();
        const found = new Map<string, boolean>();
        await withSandbox(cwd, path, async (attempt) => {
          const expect = async (isGiven: boolean, probe: Probe) => {
            given.set(JSON.stringify(probe), isGiven);
            found.set(JSON.stringify(probe), await attempt(probe) !== "refused");
          };
          const isAny = hosts.includes("any");
          const isHere = isAny || hosts.includes("project") || hosts.includes("loopback");
          await expect(isHere, { fetch: server.url });
          await expect(isAny, { fetch: server.url.replace("127.0.0.1", "localhost") });
          for (const [file, names] of Object.entries(ASIDE)) {
            const gives = (row: readonly string[]) => names.some((name) => row.includes(name));
            await expect(gives([...read, ...write]), { read: join(folder, file) });
            await expect(gives(write), { write: join(folder, file) });
          }
          for (const program of ["sh", "/bin/sh", Deno.execPath()]) {
            await expect(false, { run: program });
          }
          for (const name of ["PATH", "HOME"]) {
            await expect(run.includes("deno"), { env: name });
          }
          await expect(false, { env: "AWS_SECRET_ACCESS_KEY" });
        }, launch);
        assertEquals(found, given);
      });
    });
  }
});

describe("the grants of every command", () => {
  it("gives nothing to what is no command", async () => {
    await withFolder((cwd) => {
      const { permissions } = grantsFor(factsIn(cwd, ["frobnicate", "x"]));
      assertEquals([permissions.net, permissions.read, permissions.write], [[], [], []]);
      return Promise.resolve();
    });
  });

  for (const path of pathsOf(commands).map((words) => words.join(" "))) {
    it(`gives ${path} no more than it needs`, async () => {
      await withFolder((cwd) => {
        const launch = factsIn(cwd, path.split(" "));
        const { permissions } = grantsFor(launch);
        assertEquals([permissions.sys, permissions.ffi, permissions.import], [false, false, false]);
        assertEquals(permissions.net === true, path === "local serve");
        const surroundings = npmSurroundings(factsIn(cwd, []), environmentVariable);
        const { certificates = "" } = readNpmConfig(surroundings);
        const ofNpm = path.startsWith("functions ")
          ? [...npmConfigFiles(surroundings), certificates]
          : [];
        const program = dirname(Deno.realPathSync(Deno.execPath()));
        const isOwn = (file: string) =>
          file.startsWith(cwd) ||
          [keptInputPath(launch.token), scratchPath(launch.token)].includes(file) ||
          path === "local serve" ||
          file === realPlace(fromFileUrl(programFiles)) || ofNpm.includes(file) ||
          (path === "upgrade" && dirname(file) === program);
        assertEquals(permissions.write.includes(fromFileUrl(programFiles)), false);
        assertEquals(permissions.write.every(isOwn), true);
        assertEquals(permissions.read.every(isOwn), true);
        return Promise.resolve();
      });
    });
  }

  it("gives a project's .npmrc tokens of registries, and no other variable", async () => {
    await withFolder(async (cwd) => {
      const text = "//a.example/:_authToken=${NPM_TOKEN}\nx=${AWS_SECRET_ACCESS_KEY}\n";
      await Deno.writeTextFile(join(cwd, ".npmrc"), text);
      const { permissions } = grantsFor(launchIn(cwd, ["functions", "deploy", "a"]));
      const named = ["NPM_TOKEN", "AWS_SECRET_ACCESS_KEY"];
      assertEquals(named.filter((name) => permissions.env.includes(name)), ["NPM_TOKEN"]);
    });
  });
});
