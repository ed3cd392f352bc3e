/** Where a benchmark works: a folder linked to a local backend of the executable. */
import { fromFileUrl, join } from "@std/path";

const EXECUTABLE = fromFileUrl(new URL("../../dist/insforge", import.meta.url));

/** What the parts of a benchmark share. */
export interface Workshop {
  readonly executable: string;
  readonly folder: string;
  readonly url: string;
  readonly apiKey: string;
  /** How long the first start of the backend took, and the second one, in milliseconds. */
  readonly starts: { readonly first: number; readonly later: number };
  /** Runs a program in the folder, and answers its stdout. @throws {Error} what it complained of */
  run(command: string, args: string[]): Promise<string>;
  /** Milliseconds. */
  timed(work: () => Promise<unknown>): Promise<number>;
  /** MiB, of the executable with these arguments. */
  peakMemory(args: string[]): Promise<number>;
}

/** Starts a backend in a folder of its own for `work`, and takes both away after it. */
export async function inWorkshop(work: (workshop: Workshop) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "insforge-bench-" });
  const run = async (command: string, args: string[]) => {
    const output = await new Deno.Command(command, { args, cwd: folder }).output();
    if (!output.success) throw new Error(new TextDecoder().decode(output.stderr));
    return new TextDecoder().decode(output.stdout);
  };
  try {
    const first = await timed(() => run(EXECUTABLE, ["local", "start"]));
    await run(EXECUTABLE, ["local", "stop"]);
    const later = await timed(() => run(EXECUTABLE, ["local", "start"]));
    const link = await Deno.readTextFile(join(folder, ".insforge", "project.json"));
    const { oss_host: url, api_key: apiKey } = JSON.parse(link);
    const peakMemory = async (args: string[]) => {
      const program = "import resource, subprocess, sys\n" +
        "subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, check=True)\n" +
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)";
      return Number(await run("python3", ["-c", program, EXECUTABLE, ...args])) / 1024;
    };
    const starts = { first, later };
    await work({ executable: EXECUTABLE, folder, url, apiKey, starts, run, timed, peakMemory });
  } finally {
    await run(EXECUTABLE, ["local", "stop"]);
    await Deno.remove(folder, { recursive: true });
  }
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}
