/**
 * Runs files of tests, several at once. Each has a process of its own: what it sets for itself, such
 * as a variable of the environment, is no other's, and what ends or exhausts it fails alone.
 */
import { walk } from "@std/fs/walk";
import { type Counts, countTests } from "./test_report.ts";

export interface Options {
  /** The command line that runs tests, without the files. */
  readonly command: readonly [program: string, ...args: string[]];
  /** How many files run at once. */
  readonly atOnce: number;
  /** Takes what the files say: one after another, in their order. */
  readonly show: (said: Uint8Array) => void;
}

export interface Results extends Counts {
  /** The files that failed. */
  readonly failures: readonly string[];
}

/** The files of tests among paths of files and folders, sorted within each of these. */
export async function testFiles(paths: readonly string[]): Promise<string[]> {
  const files: string[] = [];
  for (const path of paths) {
    const found: string[] = [];
    const isFile = (await Deno.stat(path)).isFile;
    if (isFile) found.push(path);
    else for await (const entry of walk(path, { match: [/\.test\.ts$/] })) found.push(entry.path);
    files.push(...found.sort());
  }
  return files;
}

/** Runs the files and counts their tests. */
export async function runFiles(files: readonly string[], options: Options): Promise<Results> {
  const results = { passed: 0, failed: 0, skipped: 0, failures: [] as string[] };
  const turns = inOrder(files.length, options.show);
  const waiting = files.entries();
  await Promise.all(Array.from({ length: options.atOnce }, async () => {
    // Whoever is free takes the next: the iterator is shared.
    for (const [index, file] of waiting) {
      const counts = await runFile(file, options, (said) => turns.say(index, said));
      turns.end(index);
      results.passed += counts.passed;
      results.failed += counts.failed;
      results.skipped += counts.skipped;
      if (counts.failed > 0) results.failures.push(file);
    }
  }));
  results.failures.sort();
  return results;
}

async function runFile(file: string, { command }: Options, say: Options["show"]): Promise<Counts> {
  const report = await Deno.makeTempFile({ suffix: ".xml" });
  const [program, ...args] = command;
  const child = new Deno.Command(program, {
    args: [...args, `--junit-path=${report}`, file],
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const streams = [child.stdout, child.stderr].map(async (stream) => {
    for await (const chunk of stream) say(chunk);
  });
  const [{ success }] = await Promise.all([child.status, ...streams]);
  const counts = countTests(await Deno.readTextFile(report));
  await Deno.remove(report);
  // A file that cannot be loaded is no test of the report, and a killed runner writes none.
  if (!success && counts.failed === 0) counts.failed = 1;
  return counts;
}

/** Shows at once what the first that has not ended says, and keeps what those after it say. */
function inOrder(length: number, show: Options["show"]) {
  const kept: Uint8Array[][] = Array.from({ length }, () => []);
  const ended = new Set<number>();
  let shown = 0;
  return {
    say(index: number, said: Uint8Array) {
      if (index === shown) show(said);
      else kept[index]!.push(said);
    },
    end(index: number) {
      ended.add(index);
      while (ended.has(shown)) kept[++shown]?.splice(0).forEach(show);
    },
  };
}
