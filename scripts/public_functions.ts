/**
 * Deploys public functions to one local backend with the executable, calls each, and prints a
 * table: `./scripts/deno run --allow-all scripts/public_functions.ts [--only TEXT] [--work FOLDER]
 * FOLDER…`, where the folders hold repositories as `OWNER+NAME/repo`, bare or not; what they lack
 * is cloned. `--work` keeps everything, the cache of packages included, for the next time. Ends
 * with 1 when less than 95 % deploy of those whose modules can be fetched from here.
 *
 * The list is `public_functions/list.json`: repositories and paths in them; of a document, each
 * block of code that is a function counts.
 */
import { parseArgs } from "node:util";
import { dirname, fromFileUrl, join } from "@std/path";
import { checkOut } from "./public_functions/checkouts.ts";
import { codeBlocks, importsOf, variablesOf } from "./public_functions/sources.ts";
import list from "./public_functions/list.json" with { type: "json" };

const EXECUTABLE = fromFileUrl(
  new URL(`../dist/insforge${Deno.build.os === "windows" ? ".exe" : ""}`, import.meta.url),
);
const WANTED = 0.95;
/** Milliseconds that a command may take. */
const LIMIT_MS = 60_000;
/** What a caller is told of a function that never came to run. */
const NEVER_RAN = /cannot be loaded|process ended|did not answer within|MB of memory|broke off/;
/** The names of hosts in messages about modules that could not be fetched. */
const LACKING_HOST =
  /^(\S+) (?:cannot be reached|does not answer|shows a certificate)|INSFORGE_ALLOW_HOSTS=(\S+?)\.?$/;

interface PublicFunction {
  readonly slug: string;
  readonly name: string;
  readonly file: string;
}

interface Outcome {
  readonly name: string;
  readonly imports: string;
  readonly deployed: string;
  readonly answered: string;
  /** The host that cannot be reached from here. */
  readonly host?: string;
}

const { values: { work, only = "" }, positionals: mirrors } = parseArgs({
  args: Deno.args,
  options: { work: { type: "string" }, only: { type: "string" } },
  allowPositionals: true,
});
const root = work ?? await Deno.makeTempDir({ prefix: "public-functions-" });
const home = join(root, "home");
const project = join(root, "project");
await Deno.mkdir(home, { recursive: true });
await Deno.mkdir(project, { recursive: true });

const functions: PublicFunction[] = [];
for (const [repository, paths] of Object.entries(list)) {
  const folder = await checkOut(repository, mirrors, project);
  for (const path of paths) functions.push(...await functionsOf(repository, folder, path));
}
const chosen = functions.filter(({ name }) => name.includes(only));

await insforge("local", "stop");
await insforge("local", "start");
const outcomes: Outcome[] = [];
try {
  await setVariables(chosen);
  for (const one of chosen) {
    const outcome = await tryOut(one);
    outcomes.push(outcome);
    const { name, imports, deployed, answered } = outcome;
    console.log([name, imports, deployed, answered].join("\t"));
  }
} finally {
  await insforge("local", "stop");
  if (!work) await Deno.remove(root, { recursive: true });
}
Deno.exit(report(outcomes));

/** The functions in a file: itself, or the blocks of a document. */
async function functionsOf(
  repository: string,
  folder: string,
  path: string,
): Promise<PublicFunction[]> {
  const name = `${repository}/${path}`;
  const slug = name.replace(/(\/index)?\.\w+$/, "").replace(/[^\w-]+/g, "-");
  const file = join(folder, path);
  if (!/\.mdx?$/.test(path)) return [{ slug, name, file }];
  const blocks = codeBlocks(await Deno.readTextFile(file));
  return await Promise.all(blocks.map(async (code, index) => {
    const written = `${file}.${index + 1}.ts`;
    await Deno.writeTextFile(written, code);
    return { slug: `${slug}-${index + 1}`, name: `${name} ${index + 1}`, file: written };
  }));
}

/**
 * Sets what the functions read of their environment, so that they load as their authors run them.
 */
async function setVariables(functions: readonly PublicFunction[]): Promise<void> {
  const names = new Set<string>();
  for (const { file } of functions) {
    for (const name of variablesOf(await Deno.readTextFile(file))) names.add(name);
  }
  const lines = [...names].map((name) => {
    const value = /URL|ENDPOINT|HOST/.test(name) ? "http://127.0.0.1:9" : "not-a-real-value";
    return `${name}=${value}`;
  });
  const file = join(root, "variables.env");
  await Deno.writeTextFile(file, lines.join("\n"));
  await insforge("secrets", "add", "--env-file", file);
}

async function tryOut({ slug, name, file }: PublicFunction): Promise<Outcome> {
  const imports = importsOf(await Deno.readTextFile(file));
  const deploy = await insforge("functions", "deploy", slug, "--file", file, "--no-check");
  if (deploy.code !== 0) {
    const reason = String(deploy.document?.error ?? "it printed no error");
    const [, first, second] = LACKING_HOST.exec(`${reason} ${deploy.document?.hint ?? ""}`) ?? [];
    return { name, imports, deployed: `no: ${reason}`, answered: "", host: first ?? second };
  }
  const { document, isLate } = await insforge("functions", "invoke", slug, "--method", "GET");
  // An answer may have no end, and one document be made of what has.
  if (isLate) return { name, imports, deployed: "yes", answered: await streamOf(slug) };
  const body = JSON.stringify(document?.body ?? document?.error ?? "");
  const hasRun = Number.isInteger(document?.status) && !NEVER_RAN.test(body);
  const answered = `${hasRun ? "yes" : "no"}: ${document?.status ?? ""} ${body.slice(0, 160)}`;
  return { name, imports, deployed: "yes", answered };
}

/** What a function begins to answer. */
async function streamOf(slug: string): Promise<string> {
  const { text } = await insforge("functions", "invoke", slug, "--method", "GET", "--stream");
  return text ? `yes: ${JSON.stringify(text.slice(0, 60))} …` : "no: it does not answer";
}

/** Prints the figures. Answers the exit code. */
function report(outcomes: readonly Outcome[]): number {
  const elsewhere = outcomes.filter(({ host }) => host !== undefined);
  const here = outcomes.filter(({ host }) => host === undefined);
  const deployed = here.filter(({ deployed }) => deployed === "yes");
  const answered = deployed.filter(({ answered }) => answered.startsWith("yes"));
  const share = deployed.length / here.length;
  console.log(
    `\n${here.length} functions; ${deployed.length} deployed (${percent(share)}), ` +
      `${answered.length} answered.`,
  );
  for (const [host, those] of Map.groupBy(elsewhere, ({ host }) => host!)) {
    console.log(
      `${host} cannot be reached from here, and ${those.length} need it: ` +
        those.map(({ name }) => name).join(", "),
    );
  }
  return share < WANTED ? 1 : 0;
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}

interface Answer {
  readonly code: number;
  /** What it wrote to stdout. */
  readonly text: string;
  /** Whether it had to be ended. */
  readonly isLate: boolean;
  /** The JSON document on stdout, or that of the error. */
  readonly document?: Record<string, unknown>;
}

async function insforge(...args: string[]): Promise<Answer> {
  const signal = AbortSignal.timeout(LIMIT_MS);
  const { code, stdout, stderr } = await new Deno.Command(EXECUTABLE, {
    args: args.includes("--stream") ? args : [...args, "--json"],
    signal,
    cwd: project,
    env: { HOME: home, USERPROFILE: home, PATH: dirname(EXECUTABLE) },
    stdin: "null",
  }).output();
  const text = new TextDecoder().decode(stdout);
  const isLate = signal.aborted;
  try {
    return { code, text, isLate, document: JSON.parse(text || new TextDecoder().decode(stderr)) };
  } catch {
    return { code, text, isLate };
  }
}
