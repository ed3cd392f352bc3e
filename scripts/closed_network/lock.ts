/**
 * Brings both lock files up to date after a change of deno.json: the closed one is written by Deno,
 * the open one takes its npm part from there and keeps its own JSR part, which only an open network
 * can change. Run it as `scripts/deno run --allow-all scripts/closed_network/lock.ts`.
 */
interface Lock {
  version: string;
  specifiers: Record<string, string>;
  jsr?: Record<string, unknown>;
  npm?: Record<string, unknown>;
  workspace?: { dependencies: string[] };
}

const root = new URL("../../", import.meta.url);
const read = async (path: string) =>
  JSON.parse(await Deno.readTextFile(new URL(path, root))) as Lock;

const closed = await read("scripts/closed_network/deno.lock");
const open = await read("deno.lock");
const { imports } = await read("deno.json") as unknown as { imports: Record<string, string> };

const jsr = Object.entries(open.specifiers).filter(([name]) => name.startsWith("jsr:"));
// The stand-in for @zip-js/zip-js is the only npm package that the open network does not need.
const npm = Object.entries(closed.specifiers).filter(([name]) => !name.includes("@zip.js/"));
const packages = Object.entries(closed.npm ?? {}).filter(([name]) => !name.startsWith("@zip.js/"));
const lock: Lock = {
  version: "5",
  specifiers: Object.fromEntries([...jsr, ...npm].sort(([a], [b]) => a < b ? -1 : 1)),
  jsr: open.jsr,
  npm: Object.fromEntries(packages),
  workspace: { dependencies: Object.values(imports).sort() },
};
await Deno.writeTextFile(new URL("deno.lock", root), JSON.stringify(lock, null, 2) + "\n");
