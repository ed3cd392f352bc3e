/**
 * Plants the faults of scripts/mutations.ts one at a time in a copy of the checkout, runs the tests
 * that must find each, and ends with the score; with 1 when that is below what is wanted.
 * Arguments are parts of paths: only the faults of these files are planted. `INSFORGE_DENO_FLAGS`
 * comes from `scripts/setup.sh`.
 */
import { copy } from "@std/fs";
import { join } from "@std/path";
import { type Mutation, MUTATIONS, planted } from "./mutations.ts";

const WANTED_PERCENT = 95;
/**
 * A fault that keeps its tests busy for so long is found, even on a machine that is busy itself.
 */
const MOST_MS = 600_000;
/** What is no part of the sources, and too large to be copied: the copy links to it. */
const LINKED = [".setup", "dist"];

const root = Deno.cwd();
const flags = (Deno.env.get("INSFORGE_DENO_FLAGS") ?? "").split("\n").filter(Boolean);
const chosen = MUTATIONS.filter(({ file }) =>
  Deno.args.length === 0 || Deno.args.some((part) => file.includes(part))
);

const scratch = await Deno.makeTempDir({ prefix: "insforge-mutate-" });
try {
  await copyCheckout(scratch);
  await requireSoundTests(scratch);
  const survivors = await survivorsIn(scratch);
  const killed = chosen.length - survivors.length;
  console.log(
    `${killed} of ${chosen.length} killed: ${(100 * killed / chosen.length).toFixed(1)} %`,
  );
  if (100 * killed < WANTED_PERCENT * chosen.length) Deno.exitCode = 1;
} finally {
  await Deno.remove(scratch, { recursive: true });
}

async function copyCheckout(to: string): Promise<void> {
  for await (const { name } of Deno.readDir(root)) {
    if (name === ".git") continue;
    if (LINKED.includes(name)) await Deno.symlink(join(root, name), join(to, name));
    else await copy(join(root, name), join(to, name));
  }
}

/** A test that fails without a fault finds none. */
async function requireSoundTests(folder: string): Promise<void> {
  const tests = [...new Set(chosen.flatMap(({ tests }) => tests))];
  if (await outcomeOf(folder, tests, MOST_MS * tests.length) === "survived") return;
  throw new Error("The tests fail before any fault is planted: run them with ./scripts/test.");
}

async function survivorsIn(folder: string): Promise<Mutation[]> {
  const survivors: Mutation[] = [];
  for (const mutation of chosen) {
    const path = join(folder, mutation.file);
    const sound = await Deno.readTextFile(path);
    await Deno.writeTextFile(path, planted(sound, mutation));
    const outcome = await outcomeOf(folder, mutation.tests, MOST_MS);
    await Deno.writeTextFile(path, sound);
    if (outcome === "survived") survivors.push(mutation);
    console.log(`${outcome}: ${described(mutation)}`);
  }
  return survivors;
}

async function outcomeOf(
  folder: string,
  tests: readonly string[],
  mostMs: number,
): Promise<"survived" | "killed" | "out of time"> {
  const signal = AbortSignal.timeout(mostMs);
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      "test",
      "--quiet",
      "--no-check",
      "--allow-all",
      ...flags.map((flag) => flag.replaceAll(root, folder)),
      ...tests,
    ],
    cwd: folder,
    stdin: "null",
    stdout: "null",
    stderr: "null",
    signal,
  }).spawn();
  const { success } = await child.status;
  return success ? "survived" : signal.aborted ? "out of time" : "killed";
}

function described({ file, before, after }: Mutation): string {
  return `${file}: ${before} -> ${after}`;
}
