import { assert, assertEquals } from "@std/assert";
import { walk } from "@std/fs/walk";
import { dirname, fromFileUrl, join, relative } from "@std/path";
import { describe, it } from "@std/testing/bdd";

/** The rooms of `src`: each may import from those before it. */
const ROOMS = [
  "core",
  "files",
  "shared",
  "config",
  "terminal",
  "invocation",
  "client",
  "releases",
  "cli",
  "reference",
  "commands",
];
/** What the local backend, which is no part of the CLI, may import from. */
const SHARED = ["core", "files", "shared", "server"];
/** The modules of the CLI that load the local backend: once they act, not when they are loaded. */
const DOORS: Readonly<Record<string, readonly string[]>> = {
  "commands/local/serve.ts": [
    "server/begin_early.ts",
    "server/instance.ts",
    "server/start_error.ts",
  ],
  "commands/functions/serve.ts": ["server/functions/development.ts"],
};

const src = fromFileUrl(new URL("../src", import.meta.url));
/** What changes the disk. */
const WRITES =
  /\bDeno\.(?:writeTextFile|writeFile|rename|truncate|symlink|link|chmod|chown|copyFile|create|mkdir|remove|makeTemp\w+)(?:Sync)?\(|\bDeno\.open(?:Sync)?\([^;]*?\b(?:write|append|create\w*): true/;
const ERROR_AT_LOAD = /^(?:export )?(?:const|let) [^=]+= new \w*(?:Error|Refusal)\(/m;
const WIDE_COMMENT = /^(?=.{101}) *(?:\/\/|\/?\*)/m;
const LOADED = /^(?:import|export) (?!type )(?:[^;"]* from )?"([^"]+)"/gm;
const IMPORT = /(?:\bfrom |\bimport\(|^import )"(\.{1,2}\/[^"]+\.ts)"/gm;

/** What each module imports of the project, types included, by paths below `src`. */
const imports = new Map<string, string[]>();
/** What comes with a module as it is loaded: modules, and names of packages. */
const loaded = new Map<string, string[]>();
const writing: string[] = [];
/** What makes an error as it loads, for whose stack V8 reads all that is being loaded again. */
const erring: string[] = [];
/** Lines of comments that are wider than the formatter lets code be. */
const wide: string[] = [];
for await (const { path } of walk(src, { exts: [".ts"] })) {
  const text = await Deno.readTextFile(path);
  const targets = (found: RegExp) =>
    [...text.matchAll(found)].map(([, target]) =>
      target!.startsWith(".") ? below(join(dirname(path), target!)) : target!
    );
  imports.set(below(path), targets(IMPORT));
  if (WRITES.test(text)) writing.push(below(path));
  if (ERROR_AT_LOAD.test(text)) erring.push(below(path));
  if (WIDE_COMMENT.test(text)) wide.push(below(path));
  loaded.set(below(path), targets(LOADED));
}

function below(path: string): string {
  return relative(src, path).replaceAll("\\", "/");
}

function mayImport(module: string, target: string): boolean {
  const [from, to] = [module, target].map((path) => path.split("/")[0]!);
  // The entries join everything.
  if (from!.endsWith(".ts")) return true;
  if (from === "server") return SHARED.includes(to!);
  if (to === "server") return Object.hasOwn(DOORS, module);
  return ROOMS.indexOf(to!) >= 0 && ROOMS.indexOf(to!) <= ROOMS.indexOf(from!);
}

/** The modules of a cycle that begins with those of `path`, if there is one. */
function cycleFrom(path: readonly string[], done: Set<string>): readonly string[] | undefined {
  const module = path.at(-1)!;
  if (path.indexOf(module) < path.length - 1) return path.slice(path.indexOf(module));
  if (done.has(module)) return undefined;
  for (const target of imports.get(module) ?? []) {
    const cycle = cycleFrom([...path, target], done);
    if (cycle) return cycle;
  }
  done.add(module);
  return undefined;
}

describe("the sources", () => {
  it("import downwards only, and the local backend nothing of the CLI", () => {
    const wrong = [...imports].flatMap(([module, targets]) =>
      targets.filter((target) => !mayImport(module, target)).map((target) => [module, target])
    );
    assert(imports.get("launcher.ts")!.length > 5);
    assertEquals(wrong, []);
  });

  it("have two doors from the CLI to the local backend, which open once a command acts", () => {
    for (const [door, modules] of Object.entries(DOORS)) {
      const toServer = (targets: readonly string[]) =>
        targets.filter((target) => target.startsWith("server/"));
      assertEquals(toServer(imports.get(door)!).toSorted(), modules, door);
      assertEquals(toServer(loaded.get(door)!), [], door);
    }
  });

  it("know no cycle, not even of types", () => {
    const done = new Set<string>();
    for (const module of imports.keys()) assertEquals(cycleFrom([module], done), undefined);
  });

  it("write to disk, make folders and remove things in one room alone, beside the local backend's own data", () => {
    assert(writing.includes("files/atomic.ts"));
    assertEquals(writing.filter((module) => !/^(files|server)\//.test(module)), []);
  });

  it("make no error as they load", () => {
    assertEquals(erring, []);
  });

  it("have comments as wide as code", () => {
    assertEquals(wide, []);
  });

  it("start without the command parser: the launcher reads tables alone", () => {
    const all = new Set(["launcher.ts", "quick_help.ts"]);
    for (const module of all) for (const target of loaded.get(module) ?? []) all.add(target);
    assert(all.has("commands/mod.ts"));
    assertEquals([...all].filter((name) => name.startsWith("@cliffy")), []);
  });
});
