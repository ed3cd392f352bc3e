/** Every file that any command's declaration names, with a link in its place. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { dirname, join } from "@std/path";
import { describe, it } from "@std/testing/bdd";
import type { Commands } from "../../src/cli/command.ts";
import { commands } from "../../src/commands/mod.ts";
import { FileError } from "../../src/core/errors.ts";
import { ENV_FILES } from "../../src/files/env_file.ts";
import { grantsFor } from "../../src/invocation/grants/mod.ts";
import type { File, Reach } from "../../src/invocation/grants/reach.ts";
import { launchIn } from "../support/launch.ts";
import type { Probe } from "../support/probe_worker.ts";
import { withFolder } from "../support/temporary.ts";

/** Where a link is planted, and what is typed so that the command comes upon it. */
interface Planted {
  readonly path: string;
  readonly typed: readonly string[];
}

/** What is the user's own or the program's, and in no repository. */
const NOT_PLANTABLE: readonly File[] = [
  "global files",
  "told hosts",
  "guard audit",
  "update file",
  "working directory",
  "function sources",
  "package cache",
  "program",
  "executable",
  "kept input",
  "scratch folder",
];

function plantedAt(word: File): Planted[] {
  if (NOT_PLANTABLE.includes(word)) return [];
  switch (word) {
    case "operands":
    case "deployed folder":
      return [{ path: "planted", typed: ["planted"] }];
    case "site rules":
      return [{ path: "vercel.json", typed: ["dist"] }];
    case "env files":
      return ENV_FILES.map((path) => ({ path, typed: ["dist"] }));
    case "app manifest":
      return [{ path: "package.json", typed: [] }];
    case "app variables":
      return [{ path: ".env.local", typed: [] }];
    case "functions folder":
      return [{ path: "insforge", typed: [] }];
    case "function lock":
      return [{ path: "insforge/functions/deno.lock", typed: [] }];
    case "npm configuration":
      return [{ path: ".npmrc", typed: [] }];
    case "--data @":
      return [{ path: "planted", typed: ["--data", "@planted"] }];
    case "project link":
      return [".insforge", ".insforge/project.json", ".insforge/local"]
        .map((path) => ({ path, typed: [] }));
    case "download target":
      return [
        { path: "planted", typed: ["planted"] },
        { path: "planted", typed: ["key", "-o", "planted"] },
        { path: "planted", typed: ["key", "--recursive", "--output", "planted"] },
      ];
  }
  if (word.startsWith("./")) return [{ path: word.slice(2), typed: [] }];
  if (word.startsWith("-")) return [{ path: "planted", typed: [word, "planted"] }];
  throw new Error(`How is a link planted at ${word}? Say so here.`);
}

function leavesOf(group: Commands, path: string[] = []): { path: string[]; reach?: Reach }[] {
  return Object.entries(group).flatMap(([name, node]) => {
    const own = [...path, name];
    return "commands" in node ? leavesOf(node.commands, own) : [{ path: own, reach: node.reach }];
  });
}

async function attempt(
  permissions: Deno.PermissionOptionsObject,
  probes: readonly Probe[],
): Promise<string[]> {
  const worker = new Worker(new URL("../support/probe_worker.ts", import.meta.url), {
    type: "module",
    deno: { permissions },
  });
  const outcomes: string[] = [];
  for (const probe of probes) {
    outcomes.push(
      await new Promise((resolve) => {
        worker.onmessage = ({ data }) => resolve(data);
        worker.postMessage(probe);
      }),
    );
  }
  worker.terminate();
  return outcomes;
}

describe("a link in the place of what a command may touch", () => {
  for (const { path, reach = {} } of leavesOf(commands)) {
    const words = new Set([...reach.read ?? [], ...reach.write ?? []]);
    const planted = [...words].flatMap(plantedAt);
    if (planted.length === 0) continue;
    it(`${path.join(" ")} neither reads nor writes through one`, async () => {
      await withFolder(async (folder) => {
        const [cwd, home] = [join(folder, "clone"), join(folder, "home")];
        await Deno.mkdir(join(home, "folder"), { recursive: true });
        await Deno.writeTextFile(join(home, "file"), "private");
        for (const { path: place, typed } of planted) {
          for (const target of ["file", "folder"]) {
            await Deno.mkdir(dirname(join(cwd, place)), { recursive: true });
            await Deno.symlink(join(home, target), join(cwd, place));
            const launch = launchIn(cwd, [...path, ...typed], { globalFolder: `${home}/own` });
            try {
              const { permissions } = grantsFor(launch);
              const granted = [...permissions.read, ...permissions.write];
              assert(
                !granted.some((name) => [join(home, target), join(cwd, place)].includes(name)),
              );
              // Of whole folders, what is read is looked at file by file: links_read.test.ts.
              if (!words.has("working directory") && !words.has("function sources")) {
                const probes = [{ read: join(cwd, place) }, { write: join(cwd, place) }];
                const outcomes = await attempt(permissions, probes);
                assertEquals(outcomes, ["refused", "refused"], place);
              }
            } catch (error) {
              if (!(error instanceof FileError)) throw error;
              assertMatch(error.message, / is a link/);
            }
            await Deno.remove(cwd, { recursive: true });
          }
        }
        assertEquals(await Deno.readTextFile(join(home, "file")), "private");
      });
    });
  }

  it("grants name the real path of a link that stays inside", async () => {
    await withFolder(async (cwd) => {
      await Deno.mkdir(`${cwd}/sql`);
      await Deno.writeTextFile(`${cwd}/sql/a.sql`, "");
      await Deno.symlink(`${cwd}/sql/a.sql`, `${cwd}/b.sql`);
      const { permissions } = grantsFor(launchIn(cwd, ["db", "import", "b.sql"]));
      assert(permissions.read.includes(`${cwd}/sql/a.sql`));
      assert(!permissions.read.includes(`${cwd}/b.sql`));
    });
  });
});
