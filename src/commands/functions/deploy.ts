import { Command } from "@cliffy/command";
import { placeOf } from "../../files/typed_path.ts";
import { type Deployed, deployFunction } from "../../client/backend/functions.ts";
import type { Context, Run } from "../../cli/context.ts";
import { CliError, FileError, UsageError } from "../../core/errors.ts";
import { ExitCode } from "../../core/exit_codes.ts";
import { checkTypes } from "./check_types.ts";
import type { LinkedFunction } from "../../shared/functions/join_modules.ts";
import { checkSlug, findFunction, findFunctions, type LocalFunction } from "./local_files.ts";
import { SourceError } from "../../shared/functions/script.ts";
import type { Result } from "../../terminal/present.ts";
import { facts, success, table, text, type View } from "../../terminal/view.ts";

interface Options {
  file?: string;
  name?: string;
  description?: string;
  all?: boolean;
  /** False with `--no-check`. */
  check?: boolean;
}

/** `insforge functions deploy`: uploads the source of one function, or of all. */
export const deploy = (run: Run) =>
  new Command()
    .arguments("[slug:string]")
    .option("--file <path:string>", "The source (default: insforge/functions/SLUG/index.ts).")
    .option("--name <name:string>", "The name to show.")
    .option("--description <text:string>", "What it does.")
    .option("--all", "Deploy every function of insforge/functions.")
    .option("--no-check", "Do not check the types first, where Deno is at hand.")
    .example("Deploy insforge/functions/hello/index.ts", "insforge functions deploy hello")
    .example("Deploy another file", "insforge functions deploy hello --file src/hello.ts")
    .example("Deploy all", "insforge functions deploy --all")
    .action(run(runDeploy));

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
  using progress = context.progress(`Deploying ${slug}`);
  const deployed = await deployOne(context, source, options);
  progress.stop();
  const host = (await context.target()).url;
  return {
    data: deployed,
    view: viewOf(slug, deployed, host),
    exitCode: isFailed(deployed) ? ExitCode.general : ExitCode.ok,
  };
}

type Outcome = Awaited<ReturnType<typeof deployFunction>>;

async function deployOne(
  context: Context,
  { slug, path }: LocalFunction,
  { name, description, check }: Options,
): Promise<Outcome> {
  const { code } = await link(path, context.launch.cwd);
  if (check !== false && path.endsWith(".ts")) await checkTypes(context, path);
  return await deployFunction(await context.backend(), slug, { name, description, code });
}

async function link(path: string, root: string): Promise<LinkedFunction> {
  const { linkFunction } = await import("../../shared/functions/join_modules.ts");
  try {
    return await linkFunction(path, root);
  } catch (error) {
    if (!(error instanceof SourceError)) throw error;
    throw new FileError(`${error.message}.`, { cause: error });
  }
}

/** One that fails does not keep the others back. */
async function deployAll(context: Context, options: Options): Promise<Result> {
  const sources = await findFunctions(context);
  await context.backend();
  using progress = context.progress("Deploying");
  const functions: ({ slug: string; success: boolean; error?: string } & Partial<Outcome>)[] = [];
  for (const source of sources) {
    const { slug } = source;
    progress.update(`Deploying ${slug}`);
    try {
      const outcome = await deployOne(context, source, options);
      functions.push({ slug, ...outcome, success: !isFailed(outcome) });
    } catch (error) {
      if (!(error instanceof CliError) || context.signal.aborted) throw error;
      functions.push({ slug, success: false, error: error.message });
    }
  }
  progress.stop();
  return {
    data: { functions },
    view: table(
      ["Slug", "Result"],
      functions.map(({ slug, success, action, error }) => [
        slug,
        success ? action : error ?? "the build failed",
      ]),
      "",
    ),
    exitCode: functions.every(({ success }) => success) ? ExitCode.ok : ExitCode.general,
  };
}

function isFailed({ success, deployment }: Deployed): boolean {
  return success === false || deployment?.status?.toLowerCase() === "failed";
}

function viewOf(slug: string, deployed: Outcome, host: string): View[] {
  const { deployment, action } = deployed;
  if (isFailed(deployed)) {
    const log = (deployment?.buildLogs ?? []).map((line) => text(line));
    return [text(`The function ${slug} was ${action}, and its build failed:`), ...log];
  }
  return [
    success(`The function ${slug} was ${action}.`),
    facts([
      ["Address", deployment?.url ?? `${host}/functions/${slug}`],
      ["Deployment", deployment?.status],
    ]),
  ];
}
