import { Command } from "@cliffy/command";
import { placeOf } from "../../files/typed_path.ts";
import {
  type Deployed,
  deployFunction,
  type DeployOutcome,
} from "../../client/backend/functions.ts";
import type { Context, Run } from "../../cli/context.ts";
import { CliError, HttpError, UsageError } from "../../core/errors.ts";
import { ExitCode } from "../../core/exit_codes.ts";
import { checkTypes } from "./check_types.ts";
import { checkSlug, findFunction, findFunctions, type LocalFunction } from "./local_files.ts";
import type { Bundle } from "../../shared/bundling/bundler.ts";
import { type FunctionBundling, openBundling } from "./bundle.ts";
import { secretsIn } from "./secret_scan.ts";
import { warnOfUnset } from "./unset_variables.ts";
import { formatBytes } from "../../terminal/bytes.ts";
import type { Result } from "../../terminal/present.ts";
import { type Fact, facts, success, table, text, type View } from "../../terminal/view.ts";

interface Options {
  file?: string;
  name?: string;
  description?: string;
  all?: boolean;
  /** False with `--no-check`. */
  check?: boolean;
  dryRun?: boolean;
  cachedOnly?: boolean;
}

/** `insforge functions deploy`: uploads the source of one function, or of all. */
export const deploy = (run: Run) =>
  new Command()
    .arguments("[slug:string]")
    .option("--all", "Deploy every function of insforge/functions.")
    .option("--dry-run", "Show what would be uploaded, and upload nothing.")
    .group("Of one function")
    .option("--file <path:string>", "The source (default: insforge/functions/SLUG/index.ts).")
    .option("--name <name:string>", "The name to show.")
    .option("--description <text:string>", "What it does.")
    .group("Before the upload")
    .option("--no-check", "Do not check the types first, where Deno is at hand.")
    .option("--cached-only", "Fetch no packages: take them from the cache, or fail.")
    .example("Deploy insforge/functions/hello/index.ts", "insforge functions deploy hello")
    .example("Deploy another file", "insforge functions deploy hello --file src/hello.ts")
    .example("Deploy all", "insforge functions deploy --all")
    .example("See what it would carry", "insforge functions deploy hello --dry-run")
    .action(run(runDeploy));

/** How many parts of a bundle are listed. */
const MAX_SHOWN = 6;

/** Creates what is new and updates what is there. */
async function runDeploy(
  context: Context,
  options: Options,
  slug?: string,
): Promise<Result> {
  if (options.all) {
    if (slug !== undefined || options.file || options.name || options.description !== undefined) {
      throw new UsageError("--all takes neither a slug nor --file, --name or --description.");
    }
    return await deployAll(context, options);
  }
  if (slug === undefined) {
    throw new UsageError("Name the function to deploy.", { hint: "Or deploy all with --all." });
  }
  checkSlug(slug);
  const source = options.file
    ? { slug, path: placeOf(context.launch, options.file) }
    : await findFunction(context, slug);
  using progress = context.progress(`Bundling ${slug}`);
  const bundling = await openBundling(context, options.cachedOnly);
  const bundle = await prepare(context, bundling, source, options);
  if (options.dryRun) {
    progress.stop();
    return {
      data: { slug, dryRun: true, ...sizeOf(bundle), code: bundle.code },
      view: [success(`The function ${slug} can be deployed.`), facts(contentFacts(bundle))],
    };
  }
  await bundling.saveLock();
  progress.update(`Deploying ${slug}`);
  const deployed = await upload(context, slug, bundle, options);
  await warnOfUnset(context, new Map([[slug, bundle.sources]]));
  progress.stop();
  const host = (await context.target()).url;
  return {
    data: { ...deployed, ...sizeOf(bundle) },
    view: viewOf(slug, deployed, host, contentFacts(bundle)),
    exitCode: isFailed(deployed) ? ExitCode.general : ExitCode.ok,
  };
}

/** Bundles a function, and says what may not be meant so. */
async function prepare(
  context: Context,
  bundling: FunctionBundling,
  source: LocalFunction,
  { check }: Options,
): Promise<Bundle> {
  const bundle = await bundling.bundle(source);
  for (const warning of bundle.warnings) context.warn(`${source.slug}: ${warning}`);
  for (const found of secretsIn(bundle.sources)) {
    context.warn(
      `${found.file}:${found.line} holds what looks like ${found.kind}, and is uploaded: ` +
        "keep it with `insforge secrets add`, and read it with Deno.env.get.",
    );
  }
  if (check !== false && source.path.endsWith(".ts")) await checkTypes(context, source.path);
  return bundle;
}

async function upload(
  context: Context,
  slug: string,
  { code }: Bundle,
  { name, description, all }: Options,
): Promise<DeployOutcome> {
  return await deployFunction(await context.backend(), slug, { name, description, code }, all);
}

type Entry = { slug: string; success: boolean; error?: string } & Partial<DeployOutcome>;

/** One that fails does not keep the others back; what has not changed is left alone. */
async function deployAll(context: Context, options: Options): Promise<Result> {
  const sources = await findFunctions(context);
  if (!options.dryRun) await context.backend();
  using progress = context.progress("Deploying");
  const bundling = await openBundling(context, options.cachedOnly);
  const functions: Entry[] = [];
  const deployed = new Map<string, Bundle["sources"]>();
  let limited: HttpError | undefined;
  for (const source of sources) {
    const { slug } = source;
    progress.update(`Deploying ${slug}`);
    try {
      if (limited) throw limited;
      const bundle = await prepare(context, bundling, source, options);
      if (options.dryRun) {
        functions.push({ slug, success: true, ...sizeOf(bundle) });
        continue;
      }
      const outcome = await upload(context, slug, bundle, options);
      deployed.set(slug, bundle.sources);
      functions.push({ slug, ...outcome, ...sizeOf(bundle), success: !isFailed(outcome) });
    } catch (error) {
      if (!(error instanceof CliError) || context.signal.aborted) throw error;
      // Every further try would count against the limit as well.
      if (error instanceof HttpError && error.status === 429) limited = error;
      functions.push({ slug, success: false, error: error.message });
    }
  }
  if (!options.dryRun) await bundling.saveLock();
  await warnOfUnset(context, deployed);
  progress.stop();
  if (limited) {
    const note = "The backend limits how many functions are changed in a time. " +
      `${limited.hint ?? ""} Run this again then: what has not changed is skipped.`;
    context.note(note, { note, retryAfter: limited.facts.retryAfter });
  }
  return {
    data: { functions },
    view: table(
      ["Slug", "Result"],
      functions.map(({ slug, success, action, error }) => [
        slug,
        success ? action ?? "can be deployed" : error ?? "the build failed",
      ]),
      "",
    ),
    exitCode: functions.every(({ success }) => success) ? ExitCode.ok : ExitCode.general,
  };
}

/** Bytes of the upload, and what it holds. */
function sizeOf({ code, contents }: Bundle): { bytes: number; contents: Bundle["contents"] } {
  return { bytes: new TextEncoder().encode(code).length, contents };
}

function contentFacts(bundle: Bundle): Fact[] {
  const { bytes, contents } = sizeOf(bundle);
  const shown = contents.slice(0, MAX_SHOWN).map(({ name, bytes }) =>
    `${name} (${formatBytes(bytes)})`
  );
  const rest = contents.length - shown.length;
  if (rest > 0) shown.push(`${rest} more`);
  return [["Size", formatBytes(bytes)], ["Holds", shown.join(", ")]];
}

function isFailed({ success, deployment }: Deployed): boolean {
  return success === false || deployment?.status?.toLowerCase() === "failed";
}

function viewOf(
  slug: string,
  deployed: DeployOutcome,
  host: string,
  contents: readonly Fact[],
): View[] {
  const { deployment, action } = deployed;
  if (isFailed(deployed)) {
    const log = (deployment?.buildLogs ?? []).map((line) => text(line));
    return [
      text(`The function ${slug} was ${action}, and its build failed:`),
      ...log,
      facts(contents),
    ];
  }
  return [
    success(`The function ${slug} was ${action}.`),
    facts([
      ["Address", deployment?.url ?? `${host}/functions/${slug}`],
      ["Deployment", deployment?.status],
      ...contents,
    ]),
  ];
}
