/**
 * Times the executable as whole processes, all in one run. Arguments: `starts` leaves the rest out;
 * `--check` fails where a ratio is worse by a tenth than in docs/measured.json, which is written
 * otherwise, with its picture.
 */
import {
  compileEmptyPrograms,
  curlQuery,
  type Medians,
  ownCommands,
  timeStarts,
} from "./starts.ts";
import { timeFunctions } from "./functions.ts";
import { barChart } from "./picture.ts";
import { type Ratio, ratiosOf, regressions } from "./ratios.ts";
import { installRivals, type Rival } from "./rivals.ts";
import { writeLargestSite } from "./site.ts";
import { timeTransfers } from "./transfers.ts";
import { inWorkshop, type Workshop } from "./workshop.ts";

const RECORD = new URL("../../docs/measured.json", import.meta.url);
const PICTURE = new URL("../../docs/measured.svg", import.meta.url);

const ROUNDS = 8;
/** Other programs are slower by so much that fewer runs tell. */
const ROUNDS_OF_RIVALS = 2;

/** After this many milliseconds a server rests that nobody asks for anything. */
const REST_MS = 10_000;

const startsOnly = Deno.args.includes("starts");
const isCheck = Deno.args.includes("--check");

await inWorkshop(async (workshop) => {
  const resting = startsOnly ? 0 : await memoryAtRest(workshop);
  const medians = await measureStarts(workshop);
  printTimes(medians);
  const ratios = ratiosOf(medians);
  for (const { command, to, ratio, wanted } of ratios) {
    console.log(`${command}: ${ratio.toFixed(2)} x the ${to}, wanted ${wanted}`);
  }
  if (!startsOnly) {
    print([["memory of the backend, at rest", `${resting.toFixed(0)} MiB`]]);
    print(await measureRest(workshop));
  }
  if (isCheck) await check(ratios);
  else await record(workshop, medians, ratios, await measureRivals(workshop));
});

async function measureStarts(workshop: Workshop): Promise<Medians> {
  const tables = Array.from({ length: 500 }, (_, n) => `CREATE TABLE t${n} (id int, name text)`);
  await workshop.run(workshop.executable, ["db", "query", tables.join(";")]);
  const commands = {
    ...await compileEmptyPrograms(workshop),
    ...ownCommands(workshop.executable),
    "curl, the same query": await curlQuery(workshop),
  };
  return await timeStarts(workshop, commands, ROUNDS);
}

/** What npm takes minutes to fetch, so this comes last. */
async function measureRivals(workshop: Workshop): Promise<{ rivals: Rival[]; theirs: Medians }> {
  console.error("Installing other command lines from npm: this takes some minutes.");
  const rivals = await installRivals(workshop.folder);
  const theirs = rivals.length > 0
    ? await timeStarts(workshop, startsOf(rivals), ROUNDS_OF_RIVALS)
    : {};
  printTimes(theirs);
  print(rivals.map(({ name, megabytes }) => [`${name} installed`, `${megabytes.toFixed(0)} MB`]));
  return { rivals, theirs };
}

function startsOf(rivals: readonly Rival[]): Record<string, string> {
  return Object.fromEntries(rivals.flatMap(({ name, program }) => [
    [`${name} --version`, `${program} --version`],
    [`${name} --help`, `${program} --help`],
  ]));
}

async function check(ratios: readonly Ratio[]): Promise<void> {
  const worse = regressions(ratios, JSON.parse(await Deno.readTextFile(RECORD)).ratios);
  for (const sentence of worse) console.error(sentence);
  if (worse.length > 0) Deno.exitCode = 1;
}

async function record(
  { executable }: Workshop,
  medians: Medians,
  ratios: readonly Ratio[],
  { rivals, theirs }: { readonly rivals: readonly Rival[]; readonly theirs: Medians },
): Promise<void> {
  const rounded = (times: Medians) =>
    Object.fromEntries(Object.entries(times).map(([name, ms]) => [name, Number(ms.toFixed(1))]));
  const all = { ...medians, ...theirs };
  const value = {
    system: `${Deno.build.target}, ${navigator.hardwareConcurrency} cores`,
    runtime: `Deno ${Deno.version.deno}`,
    megabytes: {
      insforge: Math.round((await Deno.stat(executable)).size / 1e5) / 10,
      ...Object.fromEntries(rivals.map(({ name, megabytes }) => [name, Math.round(megabytes)])),
    },
    milliseconds: rounded(all),
    ratios,
  };
  await Deno.writeTextFile(RECORD, JSON.stringify(value, null, 2) + "\n");
  const shown = Object.entries(all).filter(([name]) =>
    !name.endsWith(" --help") || name in medians
  );
  const chart = barChart("Starts, medians in milliseconds", Object.fromEntries(shown));
  await Deno.writeTextFile(PICTURE, chart);
}

/** What the local backend holds some seconds after its start, in MiB; Linux tells it. */
async function memoryAtRest({ executable, run }: Workshop): Promise<number> {
  await new Promise((resolve) => setTimeout(resolve, REST_MS));
  const { pid } = JSON.parse(await run(executable, ["local", "status", "--json"]));
  const status = await Deno.readTextFile(`/proc/${pid}/status`);
  return Number(/VmRSS:\s+(\d+)/.exec(status)![1]) / 1024;
}

/** Everything that is no start. */
async function measureRest(workshop: Workshop): Promise<[string, string][]> {
  const { executable, folder, starts, run, timed, peakMemory } = workshop;
  const { warm, cold } = await timeFunctions(workshop, folder);
  await writeLargestSite(`${folder}/site`);
  const deploy = ["deployments", "deploy", "site"];
  let deployMemory = 0;
  const deployed = await timed(async () => deployMemory = await peakMemory(deploy));
  const redeployed = await timed(() => run(executable, deploy));
  const transfers = await timeTransfers(workshop);
  const queryMemory = await peakMemory(["db", "query", "select 1"]);
  return [
    ["local start, first", `${starts.first.toFixed(0)} ms`],
    ["local start, again", `${starts.later.toFixed(0)} ms`],
    ["function, first call", `${cold.toFixed(0)} ms`],
    ...Object.entries(warm).flatMap(([count, { deployed, plain }]): [string, string][] => [
      [`function, ${count} at a time`, milliseconds(deployed)],
      [`Deno.serve, ${count} at a time`, milliseconds(plain)],
    ]),
    ["deploy 5,000 files, 100 MB", `${(deployed / 1000).toFixed(1)} s`],
    ["the same again, unchanged", `${(redeployed / 1000).toFixed(1)} s`],
    ["peak memory of db query", `${queryMemory.toFixed(0)} MiB`],
    ["peak memory of that deploy", `${deployMemory.toFixed(0)} MiB`],
    ...transfers,
  ];
}

function printTimes(medians: Medians): void {
  print(Object.entries(medians).map(([name, ms]) => [name, milliseconds(ms)]));
}

function print(rows: readonly (readonly string[])[]): void {
  for (const [name, value] of rows) console.log(`${name!.padEnd(38)}${value!.padStart(10)}`);
}

function milliseconds(value: number): string {
  return `${value.toFixed(1)} ms`;
}
