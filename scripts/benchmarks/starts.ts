/**
 * Times whole starts of the executable beside programs that do nothing and were compiled the same
 * way, beside curl sending the same request, and beside other command lines of the field. They take
 * turns, since the speed of a machine changes within a minute: only ratios can be compared.
 */
import { join } from "@std/path";
import type { Workshop } from "./workshop.ts";

const RUNS_A_ROUND = 5;

/** What is compiled to be compared with: a program without a line, and one with such a worker. */
const EMPTY_PROGRAMS: Readonly<Record<string, string>> = {
  "empty program": "",
  "empty program with an empty worker": `
const url = new URL("./worker.ts", import.meta.url);
const permissions = { net: ["localhost"], read: ["/"] };
new Worker(url, { type: "module", deno: { permissions } } as WorkerOptions);`,
};
const EMPTY_WORKER = "self.close();";

/** Medians in milliseconds, by what was started. */
export type Medians = Readonly<Record<string, number>>;

/** Compiles what does nothing, and answers its command by its name. */
export async function compileEmptyPrograms(
  { folder, run }: Workshop,
): Promise<Record<string, string>> {
  const commands: Record<string, string> = {};
  const worker = join(folder, "worker.ts");
  await Deno.writeTextFile(worker, EMPTY_WORKER);
  const options = ["--quiet", "--no-config", "--no-check", "--no-code-cache", "--allow-all"];
  options.push("--unstable-worker-options", "--include", worker);
  for (const [name, code] of Object.entries(EMPTY_PROGRAMS)) {
    const target = join(folder, name.replaceAll(" ", "-"));
    await Deno.writeTextFile(`${target}.ts`, code);
    await run(Deno.execPath(), ["compile", ...options, "--output", target, `${target}.ts`]);
    commands[name] = target;
  }
  return commands;
}

/** The command that sends `select 1` as `db query` does. */
export async function curlQuery({ folder, url, apiKey }: Workshop): Promise<string> {
  const config = join(folder, "curl.conf");
  const lines = [
    `url = "${url}/api/database/advance/rawsql"`,
    `header = "authorization: Bearer ${apiKey}"`,
    `header = "content-type: application/json"`,
    `data = "{\\"query\\":\\"select 1\\"}"`,
    "silent",
  ];
  await Deno.writeTextFile(config, lines.join("\n"));
  return `curl --config ${config}`;
}

/** The commands of the executable that are timed; `db tables` finds as many as there are. */
export function ownCommands(executable: string): Record<string, string> {
  return {
    "insforge --version": `${executable} --version`,
    "insforge --help": `${executable} --help`,
    "insforge db query": `${executable} db query 'select 1'`,
    "insforge db tables, 500": `${executable} db tables`,
  };
}

/** Runs each command five times a round in turns with the others, and answers the medians. */
export async function timeStarts(
  { folder, run }: Workshop,
  commands: Readonly<Record<string, string>>,
  rounds: number,
): Promise<Medians> {
  const report = join(folder, "report.json");
  const options = ["--shell=none", "--warmup=1", `--runs=${RUNS_A_ROUND}`, "--export-json", report];
  const seconds: number[][] = Object.keys(commands).map(() => []);
  for (let round = 0; round < rounds; round++) {
    await run("hyperfine", [...options, ...Object.values(commands)]);
    const { results }: { results: { times: number[] }[] } = JSON.parse(
      await Deno.readTextFile(report),
    );
    results.forEach(({ times }, index) => seconds[index]!.push(...times));
  }
  const names = Object.keys(commands);
  return Object.fromEntries(names.map((name, index) => [name, medianOf(seconds[index]!) * 1000]));
}

function medianOf(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return (sorted[(sorted.length - 1) >> 1]! + sorted[sorted.length >> 1]!) / 2;
}
