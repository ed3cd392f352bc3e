import { Command } from "@cliffy/command";
import type { Deployment } from "../../client/backend/deployments.ts";
import type { Context, Run } from "../../cli/context.ts";
import { publish } from "./publishing/publish.ts";
import { parseEnvOption, parseMetaOption } from "./publishing/settings.ts";
import { findFolder, readSources, type Sources } from "./publishing/sources.ts";
import { totalSize } from "./publishing/limits.ts";
import { stateOf, urlOf } from "./publishing/wait.ts";
import { FileError, UsageError } from "../../core/errors.ts";
import { formatBytes } from "../../terminal/bytes.ts";
import type { Result } from "../../terminal/present.ts";
import { facts, success, table, text } from "../../terminal/view.ts";

export interface Options {
  env?: string;
  meta?: string;
  include?: string[];
  dryRun?: boolean;
  timeout?: number;
  /** False with `--no-wait`. */
  wait?: boolean;
}

const TIMEOUT_SECONDS = 300;

/** `insforge deployments deploy`: publishes the files of a folder. */
export const deploy = (run: Run) =>
  new Command()
    .arguments("[directory:string]")
    .option("--env <json:string>", "Variables of the build, as a JSON object.")
    .option("--meta <json:string>", "Facts to keep with the deployment, as a JSON object.")
    .option(
      "--include <path:string>",
      "Publish a file or folder that is left out as private; repeatable.",
      {
        collect: true,
      },
    )
    .option("--dry-run", "List what would be published, and send nothing.")
    .option("--timeout <seconds:integer>", `How long to wait (default: ${TIMEOUT_SECONDS}).`)
    .option("--no-wait", "Return as soon as the deployment is started.")
    .example("Publish a build", "insforge deployments deploy ./dist")
    .example("See first what would go", "insforge deployments deploy ./dist --dry-run")
    .example(
      "With a variable for the build",
      `insforge deployments deploy . --env '{"API_URL": "https://example.com"}'`,
    )
    .action(run(runDeploy));

/** Checks everything that can be checked here, then uploads, starts and waits. */
export async function runDeploy(
  context: Context,
  options: Options,
  directory = ".",
): Promise<Result> {
  const settings = { envVars: parseEnvOption(options.env), meta: parseMetaOption(options.meta) };
  const timeoutMs = seconds(options.timeout) * 1000;
  using progress = context.progress("Looking for files");
  const folder = await findFolder(context, directory);
  const backend = options.dryRun ? undefined : await context.backend();
  const sources = await readSources(context, folder, options.include ?? [], progress);
  progress.stop();
  for (const warning of sources.warnings) context.warn(warning);
  if (!backend) {
    for (const exceeded of sources.exceededLimits) context.warn(exceeded);
    return planOf(directory, sources);
  }
  const [exceeded] = sources.exceededLimits;
  if (exceeded) {
    throw new FileError(exceeded, {
      hint: "Leave files out with a .insforgeignore file, and see what is left with --dry-run.",
    });
  }
  const { deployment, sent } = await publish(context, backend, sources.files, settings, {
    timeoutMs: options.wait === false ? undefined : timeoutMs,
  });
  for (const warning of notFollowed(deployment)) context.warn(warning);
  return {
    data: deployment,
    view: options.wait === false
      ? [
        success(`Started deployment ${deployment.id}.`),
        text(`Follow it with \`insforge deployments status ${deployment.id}\`.`),
      ]
      : readyView(deployment, sources, sent),
  };
}

function readyView(deployment: Deployment, { files }: Sources, sent: number) {
  const rest = files.length - sent;
  return [
    success(`Deployed ${countOf(files.length)} (${formatBytes(totalSize(files))}).`),
    facts([
      ["URL", urlOf(deployment)],
      ["ID", deployment.id],
      ["Status", stateOf(deployment)],
      ["Uploaded", rest > 0 ? `${countOf(sent)}; ${rest} were there already` : undefined],
    ]),
  ];
}

/** What of `vercel.json` the backend does not follow, where it says so. */
function notFollowed({ metadata }: Deployment): string[] {
  const parts: unknown = metadata?.notFollowed;
  if (!Array.isArray(parts) || parts.length === 0) return [];
  return [
    `The local backend does not follow ${parts.join(", ")} of vercel.json; the hosting does.`,
  ];
}

function planOf(directory: string, sources: Sources): Result {
  const { files, skippedLinks, privateFiles, warnings, exceededLimits } = sources;
  const size = totalSize(files);
  return {
    data: {
      dryRun: true,
      directory,
      fileCount: files.length,
      totalSizeBytes: size,
      files: files.map(({ path, size }) => ({ path, size })),
      skippedLinks,
      privateFiles,
      warnings: [...warnings, ...exceededLimits],
    },
    view: [
      table(
        ["File", { title: "Size", align: "right" }],
        files.map(({ path, size }) => [path, formatBytes(size)]),
        "",
      ),
      text(`${countOf(files.length)}, ${formatBytes(size)}. Nothing was sent.`),
    ],
  };
}

function countOf(files: number): string {
  return files === 1 ? "1 file" : `${files} files`;
}

function seconds(timeout = TIMEOUT_SECONDS): number {
  if (timeout > 0) return timeout;
  throw new UsageError(`--timeout must be a number of seconds above 0; it is ${timeout}.`);
}
