/**
 * Times the executable as whole processes, all in one run: its start beside that of an empty
 * program that was compiled the same way, and a query beside curl sending the same request.
 */
import { fromFileUrl, join } from "@std/path";
import { timeFunctions } from "./bench_functions.ts";
import { installRivals } from "./bench_rivals.ts";
import { writeLargestSite } from "./bench_site.ts";
import { timeTransfers } from "./bench_transfers.ts";

/** The speed of a machine changes within a minute: commands that are compared take turns. */
const ROUNDS = 8;
const RUNS_A_ROUND = 5;
/** After this many milliseconds a server rests that nobody asks for anything. */
const REST_MS = 10_000;
const EXECUTABLE = fromFileUrl(new URL("../dist/insforge", import.meta.url));

const folder = await Deno.makeTempDir({ prefix: "insforge-bench-" });
try {
  await measure();
} finally {
  await run(EXECUTABLE, ["local", "stop"]);
  await Deno.remove(folder, { recursive: true });
}

async function measure(): Promise<void> {
  const empty = await compileEmpty();
  const cold = await timed(() => run(EXECUTABLE, ["local", "start"]));
  await run(EXECUTABLE, ["local", "stop"]);
  const warm = await timed(() => run(EXECUTABLE, ["local", "start"]));
  const { url, apiKey } = await link();
  const restingMemory = await memoryAtRest();
  const request = join(folder, "request.json");
  await Deno.writeTextFile(request, JSON.stringify({ query: "select 1" }));
  const config = join(folder, "curl.conf");
  await Deno.writeTextFile(
    config,
    [
      `url = "${url}/api/database/advance/rawsql"`,
      `header = "authorization: Bearer ${apiKey}"`,
      `header = "content-type: application/json"`,
      `data = "@${request}"`,
      "silent",
    ].join("\n"),
  );
  await makeTables(500);
  const medians = await hyperfine({
    "empty program": empty,
    "insforge --version": `${EXECUTABLE} --version`,
    "insforge --help": `${EXECUTABLE} --help`,
    "insforge db query": `${EXECUTABLE} db query 'select 1'`,
    "curl, same query": `curl --config ${config}`,
    "insforge db tables, 500": `${EXECUTABLE} db tables`,
    ...await installRivals(folder),
  });
  const { warm: calls, cold: firstCall } = await timeFunctions({ url, apiKey }, folder);
  await writeLargestSite(join(folder, "site"));
  const deploy = ["deployments", "deploy", "site"];
  let deployMemory = 0;
  const deployed = await timed(async () => deployMemory = await peakMemory(deploy));
  const redeployed = await timed(() => run(EXECUTABLE, deploy));
  const transfers = await timeTransfers({
    executable: EXECUTABLE,
    folder,
    url,
    apiKey,
    run,
    timed,
    peakMemory,
  });
  const queryMemory = await peakMemory(["db", "query", "select 1"]);
  const { size } = await Deno.stat(EXECUTABLE);
  const rows: [string, string][] = [
    ...Object.entries(medians).map(([name, ms]): [string, string] => [name, `${ms.toFixed(1)} ms`]),
    ["local start, first", `${cold.toFixed(0)} ms`],
    ["local start, again", `${warm.toFixed(0)} ms`],
    ["memory of the backend, at rest", `${restingMemory.toFixed(0)} MiB`],
    ["function, first call", `${firstCall.toFixed(0)} ms`],
    ...Object.entries(calls).flatMap(([count, { deployed, plain }]): [string, string][] => [
      [`function, ${count} at a time`, `${deployed.toFixed(1)} ms`],
      [`Deno.serve, ${count} at a time`, `${plain.toFixed(1)} ms`],
    ]),
    ["deploy 5,000 files, 100 MB", `${(deployed / 1000).toFixed(1)} s`],
    ["the same again, unchanged", `${(redeployed / 1000).toFixed(1)} s`],
    ["peak memory of db query", `${queryMemory.toFixed(0)} MiB`],
    ["peak memory of that deploy", `${deployMemory.toFixed(0)} MiB`],
    ...transfers,
    ["executable", `${(size / 1e6).toFixed(1)} MB`],
  ];
  for (const [name, value] of rows) console.log(`${name.padEnd(32)}${value.padStart(10)}`);
}

async function makeTables(count: number): Promise<void> {
  const tables = Array.from({ length: count }, (_, n) => `CREATE TABLE t${n} (id int, name text)`);
  await run(EXECUTABLE, ["db", "query", tables.join(";")]);
}

async function compileEmpty(): Promise<string> {
  const source = join(folder, "empty.ts");
  const target = join(folder, "empty");
  await Deno.writeTextFile(source, "");
  await run(Deno.execPath(), ["compile", "--quiet", "--no-config", "--output", target, source]);
  return target;
}

async function link(): Promise<{ url: string; apiKey: string }> {
  const text = await Deno.readTextFile(join(folder, ".insforge", "project.json"));
  const { oss_host, api_key } = JSON.parse(text);
  return { url: oss_host, apiKey: api_key };
}

/** The median time of each command in milliseconds. */
async function hyperfine(commands: Record<string, string>): Promise<Record<string, number>> {
  const report = join(folder, "report.json");
  const options = ["--shell=none", "--warmup=1", `--runs=${RUNS_A_ROUND}`, "--export-json", report];
  const seconds: number[][] = Object.keys(commands).map(() => []);
  for (let round = 0; round < ROUNDS; round++) {
    await run("hyperfine", [...options, ...Object.values(commands)]);
    const { results }: { results: { times: number[] }[] } = JSON.parse(
      await Deno.readTextFile(report),
    );
    results.forEach(({ times }, index) => seconds[index]!.push(...times));
  }
  return Object.fromEntries(
    Object.keys(commands).map((name, index) => [name, medianOf(seconds[index]!) * 1000]),
  );
}

function medianOf(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return (sorted[(sorted.length - 1) >> 1]! + sorted[sorted.length >> 1]!) / 2;
}

/** What the local backend holds some seconds after its start, in MiB; Linux tells it. */
async function memoryAtRest(): Promise<number> {
  await new Promise((resolve) => setTimeout(resolve, REST_MS));
  const { pid } = JSON.parse(await run(EXECUTABLE, ["local", "status", "--json"]));
  const status = await Deno.readTextFile(`/proc/${pid}/status`);
  return Number(/VmRSS:\s+(\d+)/.exec(status)![1]) / 1024;
}

/** The most memory that a command held, in MiB, as the operating system counts it. */
async function peakMemory(args: string[]): Promise<number> {
  const program = "import resource, subprocess, sys\n" +
    "subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, check=True)\n" +
    "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)";
  return Number(await run("python3", ["-c", program, EXECUTABLE, ...args])) / 1024;
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}

/** Runs a program in the benchmark's folder and answers its stdout. */
async function run(command: string, args: string[]): Promise<string> {
  const output = await new Deno.Command(command, { args, cwd: folder }).output();
  if (!output.success) throw new Error(new TextDecoder().decode(output.stderr));
  return new TextDecoder().decode(output.stdout);
}
