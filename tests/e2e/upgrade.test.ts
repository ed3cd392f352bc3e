import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { afterAll, afterEach, beforeAll, describe, it } from "@std/testing/bdd";
import { ownerByPlace } from "../../src/releases/owner.ts";
import { compareReleases, isVersion } from "../../src/releases/version.ts";
import { requireAnswer } from "../support/answers.ts";
import { EXECUTABLE } from "../support/executable.ts";
import { run } from "../support/program.ts";
import { openPty } from "../support/pty.ts";
import { type ReleaseServer, serveReleases } from "../support/releases.ts";
import { withFolder } from "../support/temporary.ts";
import { eventually } from "../support/eventually.ts";

const NEWER = "99.0.0";
const DAY_MS = 24 * 60 * 60 * 1000;

let server: ReleaseServer;

/** A home with an executable of its own in it. */
async function withInstalled(
  work: (home: string, program: string, env: Record<string, string>) => Promise<void>,
): Promise<void> {
  await withFolder(async (home) => {
    const program = `${home}/bin/insforge`;
    await Deno.mkdir(`${home}/bin`);
    await Deno.copyFile(EXECUTABLE, program);
    await work(home, program, { HOME: home, INSFORGE_DOWNLOAD_URL: server.url });
  });
}

async function inode(path: string): Promise<number | null> {
  return (await Deno.stat(path)).ino;
}

const isUnix = Deno.build.os !== "windows";

describe({ name: "upgrade", ignore: !isUnix }, () => {
  beforeAll(async () => {
    server = await serveReleases({ version: NEWER });
  });
  afterEach(() => {
    server.fault = undefined;
  });
  afterAll(async () => await server[Symbol.asyncDispose]());

  it("only tells with --check", async () => {
    await withInstalled(async (_home, program, env) => {
      const before = await inode(program);
      const { code, stdout } = await run(program, ["upgrade", "--check", "--json"], { env });
      const told = JSON.parse(stdout);
      requireAnswer("upgrade", told);
      assertEquals([code, told.latest, told.available, told.upgraded], [0, NEWER, true, false]);
      assertEquals(await inode(program), before);
    });
  });

  it("leaves a local backend that runs all that it needs", async () => {
    await withInstalled(async (home, program, env) => {
      await run(program, ["local", "start"], { env, cwd: home });
      try {
        // As an upgrade does it; what is there now carries nothing.
        await Deno.writeTextFile(`${home}/other`, "#!/bin/sh\n", { mode: 0o755 });
        await Deno.rename(`${home}/other`, program);
        const query = ["db", "query", "CREATE EXTENSION citext"];
        const made = await run(EXECUTABLE, query, { env, cwd: home });
        assertEquals([made.code, made.stderr], [0, ""]);
      } finally {
        await run(EXECUTABLE, ["local", "stop"], { env, cwd: home });
      }
    });
  });

  it("replaces the executable at once, with its mode, through a link, and leaves nothing", async () => {
    await withInstalled(async (home, program, env) => {
      const before = await inode(program);
      await Deno.chmod(program, 0o750);
      await Deno.symlink(program, `${home}/link`);
      const { code, stderr, stdout } = await run(`${home}/link`, ["upgrade"], { env });
      assertEquals(code, 0, stderr);
      assertStringIncludes(stdout, `to ${NEWER}.`);
      assert(await inode(program) !== before);
      assertEquals((await Deno.stat(program)).mode! & 0o777, 0o750);
      assertEquals(await Deno.readFile(program), await Deno.readFile(EXECUTABLE));
      assertEquals([...Deno.readDirSync(`${home}/bin`)].length, 1);
      assert((await Deno.lstat(`${home}/link`)).isSymlink);
    });
  });

  it("leaves the executable as it is when the download is not what it should be", async () => {
    await withInstalled(async (home, program, env) => {
      const before = await inode(program);
      for (const fault of ["damaged", "forged", "short", "broken", "missing"] as const) {
        server.fault = fault;
        const { code, stderr } = await run(program, ["upgrade", "--json"], { env });
        assertEquals(code, 1, fault);
        assert(JSON.parse(stderr).error.length > 0);
        assertEquals(await inode(program), before);
        assertEquals([...Deno.readDirSync(`${home}/bin`)].length, 1, fault);
      }
    });
  });

  it("leaves another upgrade alone, and takes over from one that was killed", async () => {
    await withInstalled(async (home, program, env) => {
      const partial = `${home}/bin/.insforge.insforge-partial`;
      await Deno.writeTextFile(partial, "begun");
      const { code, stderr } = await run(program, ["upgrade"], { env });
      assertEquals(code, 1);
      assertStringIncludes(stderr, "Another upgrade is under way.");
      assertEquals(await Deno.readTextFile(partial), "begun");
      const before = new Date(Date.now() - DAY_MS);
      await Deno.utime(partial, before, before);
      assertEquals((await run(program, ["upgrade"], { env })).code, 0);
      assertEquals([...Deno.readDirSync(`${home}/bin`)].length, 1);
    });
  });

  it("refuses what a package manager owns, before it asks the network", async () => {
    await withInstalled(async (home, program, env) => {
      const asked = server.requests.length;
      await Deno.writeTextFile(
        `${home}/bin/insforge.owner.json`,
        JSON.stringify({ name: "Acme", upgrade: "acme up" }),
      );
      const { code, stderr } = await run(program, ["upgrade"], { env });
      assertEquals(code, 1);
      assertStringIncludes(stderr, "belongs to Acme");
      assertStringIncludes(stderr, "Run `acme up`.");
      assertEquals(server.requests.length, asked);
    });
  });

  it("knows the places of package managers", () => {
    const places: [path: string, owner: string | undefined][] = [
      ["/usr/bin/insforge", "the system's package manager"],
      ["/opt/homebrew/Cellar/insforge/1.0.0/bin/insforge", "Homebrew"],
      ["C:\\Users\\me\\scoop\\apps\\insforge\\current\\insforge.exe", "Scoop"],
      ["/nix/store/abc-insforge/bin/insforge", "Nix"],
      [
        "/home/me/.local/share/mise/installs/github-insforge-insforge-cli/1.0.0/insforge",
        "mise",
      ],
      ["/home/me/.asdf/installs/insforge/1.0.0/bin/insforge", "asdf"],
      [
        "C:\\Users\\me\\AppData\\Local\\Microsoft\\WinGet\\Packages\\InsForge.CLI_x\\insforge.exe",
        "WinGet",
      ],
      ["/usr/local/bin/insforge", undefined],
      ["/home/me/.local/bin/insforge", undefined],
      ["C:\\Users\\me\\AppData\\Local\\Programs\\insforge\\insforge.exe", undefined],
    ];
    for (const [path, owner] of places) assertEquals(ownerByPlace(path)?.name, owner, path);
  });

  it("orders versions", () => {
    const order = ["0.9.9", "0.10.0-rc.2", "0.10.0-rc.10", "0.10.0", "1.0.0", "10.0.0"];
    assertEquals(order.toReversed().toSorted(compareReleases), order);
    assertEquals(compareReleases("1.2.3", "1.2.3"), 0);
    for (const text of ["1.2", "1.2.3/../x", "v1.2.3", "1.2.3 ", 1, undefined]) {
      assertEquals(isVersion(text), false, String(text));
    }
  });
});

describe({ name: "the notice of a new version", ignore: !isUnix }, () => {
  beforeAll(async () => {
    server = await serveReleases({ version: NEWER });
  });
  afterEach(() => {
    server.fault = undefined;
  });
  afterAll(async () => await server[Symbol.asyncDispose]());

  /** A home in which a search for a newer version found one, some time ago. */
  async function withKnowledge(
    work: (home: string, env: Record<string, string>) => Promise<void>,
    state: object = { latest: NEWER, checkedAt: Date.now() },
  ): Promise<void> {
    await withFolder(async (home) => {
      await Deno.mkdir(`${home}/.insforge`);
      await Deno.writeTextFile(`${home}/.insforge/update.json`, JSON.stringify(state));
      await work(home, { HOME: home, INSFORGE_DOWNLOAD_URL: server.url });
    });
  }

  /** What a command shows on a terminal. */
  async function shown(cwd: string, env: Record<string, string>, args = ["local", "status"]) {
    const pty = openPty(args, { cwd, env });
    const code = await pty.end();
    return { code, screen: pty.screen() };
  }

  const NOTICE = `insforge ${NEWER} is available`;

  it("comes once a day, behind the command's own output", async () => {
    await withKnowledge(async (home, env) => {
      const first = await shown(home, env);
      assertStringIncludes(first.screen.trimEnd().split("\n").at(-1)!, NOTICE);
      assertStringIncludes(first.screen, "insforge upgrade");
      const second = await shown(home, env);
      assertEquals(second.screen.includes(NOTICE), false);
      assertEquals(second.code, first.code);
      const file = `${home}/.insforge/update.json`;
      const state = JSON.parse(await Deno.readTextFile(file));
      state.mentionedAt -= DAY_MS;
      await Deno.writeTextFile(file, JSON.stringify(state));
      assertStringIncludes((await shown(home, env)).screen, NOTICE);
    });
  });

  it("never comes in CI, under --json, off a terminal, or when it is not wanted", async () => {
    await withKnowledge(async (home, env) => {
      const silent = [
        await shown(home, { ...env, CI: "true" }),
        await shown(home, { ...env, INSFORGE_NO_UPDATE_NOTICE: "1" }),
        await shown(home, env, ["local", "status", "--json"]),
      ];
      for (const { screen } of silent) assertEquals(screen.includes(NOTICE), false, screen);
      const { stderr, stdout } = await run(EXECUTABLE, ["local", "status"], { cwd: home, env });
      assertEquals((stderr + stdout).includes(NOTICE), false);
      assertEquals(server.requests.length, 0);
      assertStringIncludes((await shown(home, env)).screen, NOTICE);
    });
  });

  it("R10: is looked for in the background, without changing or delaying anything", async () => {
    await withKnowledge(async (home, env) => {
      const quiet = await shown(home, { ...env, CI: "true" });
      server.fault = "silent";
      const asked = server.requests.length;
      const started = performance.now();
      const asking = await shown(home, env);
      // Less than the search waits for its answer.
      assert(performance.now() - started < 20_000);
      assertEquals(asking, quiet);
      await eventually(() => server.requests.length > asked);
      server.fault = undefined;

      await Deno.writeTextFile(`${home}/.insforge/update.json`, "{}");
      await shown(home, env);
      const file = `${home}/.insforge/update.json`;
      await eventually(() => Deno.readTextFileSync(file).includes(NEWER));
      assertStringIncludes((await shown(home, env)).screen, NOTICE);
    }, {});
  });

  it("survives a file that holds nonsense", async () => {
    await withKnowledge(async (home, env) => {
      await Deno.writeTextFile(`${home}/.insforge/update.json`, "nonsense");
      const quiet = await shown(home, { ...env, CI: "true" });
      assertEquals(await shown(home, env), quiet);
    });
  });
});
