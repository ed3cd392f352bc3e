import { Command, EnumType } from "@cliffy/command";
import { eraseDataDir } from "../../shared/copies/data_dir.ts";
import { loadCarried } from "../../files/carried_module.ts";
import { placeOf } from "../../files/typed_path.ts";
import { localDataFolder, snapshotsFolder } from "../../config/paths.ts";
import { aiOptions } from "./ai_options.ts";
import type { Context, Run } from "../../cli/context.ts";
import { OperationError } from "../../core/errors.ts";
import {
  DATABASE_URL_HELP,
  databaseUrlOf,
  ENGINE_HELP,
  type EngineName,
  ENGINES,
} from "./engine_options.ts";
import { objectStoreOf, STORAGE_URL_HELP } from "./storage_options.ts";
import { STRIPE_URL_HELP, stripeUrlOf } from "./stripe_url.ts";
import { portOption } from "../../cli/options.ts";
import { escapeJson, escapeLine } from "../../terminal/escape.ts";
import { npmSurroundings } from "../../invocation/function_sources.ts";
import { readNpmConfig } from "../../shared/packages/npm_config.ts";
import type { Result } from "../../terminal/present.ts";
import { watchServer } from "./ephemeral.ts";
import type { StartError } from "../../server/start_error.ts";

/** What is told of a mail. */
interface Sent {
  readonly recipients: readonly string[];
  readonly subject: string;
  readonly codes: readonly string[];
  readonly links: readonly string[];
}

interface Options {
  port?: number;
  engine?: EngineName;
  databaseUrl?: string;
  storageUrl?: string;
  postgres?: boolean;
  strict?: boolean;
  dataDir?: string;
  aiUrl?: string;
  aiEcho?: boolean;
  stripeUrl?: string;
  ephemeral?: boolean;
  bound?: boolean;
  watched?: boolean;
  awaiting?: boolean;
}

/** `insforge local serve`: the backend in the foreground, until Ctrl-C. */
export const serve = (run: Run) =>
  new Command()
    .option(
      "--port <port:integer>",
      "The port (default: that of last time, 7130 or the next free one).",
    )
    .option("--strict", "Answer as InsForge does also where that is a defect.")
    .group("Where data are kept")
    .option("--data-dir <path:string>", "Where the data is kept (default: .insforge/local).")
    .option("--ephemeral", "Delete the data when it ends.")
    .option("--storage-url <url:string>", STORAGE_URL_HELP)
    .group("The database")
    .type("engine", new EnumType(ENGINES))
    .option("--engine <name:engine>", ENGINE_HELP)
    .option("--database-url <url:string>", DATABASE_URL_HELP)
    .option("--no-postgres", "Do not answer clients of PostgreSQL on a port of their own.")
    .group("Models")
    .option("--ai-url <url:string>", "Ask the models of this OpenAI-compatible address.")
    .option("--ai-echo", "Answer what asks a model with an echo of it, for tests.")
    .group("Payments")
    .option("--stripe-url <url:string>", STRIPE_URL_HELP)
    .option("--bound", "End when standard input does.", { hidden: true })
    .option("--awaiting", "Open the data when standard input says so.", { hidden: true })
    .option("--watched", "Delete the data however it ends.", { hidden: true })
    .example("Run it in this terminal", "insforge local serve")
    .action(run(runServe));

/** Runs the server; the CLI's only door to it. */
async function runServe(context: Context, options: Options): Promise<Result> {
  const { launch } = context;
  const port = portOption(options.port);
  const ai = aiOptions(options);
  const stripeUrl = stripeUrlOf(options);
  const dataDir = options.dataDir === undefined
    ? localDataFolder(launch.projectRoot)
    : placeOf(launch, options.dataDir);
  if (options.watched) return await watchServer(context, dataDir);
  const engine = {
    kind: options.engine,
    url: databaseUrlOf(context, options),
    programs: launch.postgres,
  };
  const { beginEarly } = await import("../../server/begin_early.ts");
  const begun = await beginEarly({
    dataDir,
    strict: options.strict === true,
    engine,
    program: launch.pglite,
    mayOpen: !options.awaiting,
  }).catch(asOperation);
  const { serve }: typeof import("../../server/instance.ts") = await loadCarried(
    "src/server/instance",
  );
  if (options.awaiting && !await isToldToBegin(context)) return nothingMore();
  await serve({
    dataDir,
    ...begun,
    snapshots: snapshotsFolder(launch.projectRoot),
    port,
    engine,
    objects: objectStoreOf(context, options),
    postgres: options.postgres,
    strict: options.strict,
    version: launch.version,
    self: launch.self,
    ai,
    stripeUrl,
    packages: {
      config: readNpmConfig(npmSurroundings(launch, context.env)),
      cacheFolder: launch.cacheFolder,
    },
    signal: options.bound ? untilInputEnds(context) : context.signal,
    onMail: (mail) => tell(context, "mail", mail, shownMail(mail)),
    onReady({ apiKey: _, ...state }) {
      if (context.options.json) tell(context, "ready", state);
      else context.note(`The local backend listens on ${state.url}. Ctrl-C stops it.`);
    },
  }).catch(asOperation);
  if (options.ephemeral) await eraseDataDir(dataDir);
  await tell(context, "stopped", {}, "The local backend has stopped.");
  return nothingMore();
}

/** The server, which is a carried module, throws a class of its own for the same. */
function asOperation(error: Error): never {
  if (error.name !== "StartError") throw error;
  const { message, code, hint } = error as StartError;
  throw new OperationError(message, code, { hint });
}

/** All was told as it happened. */
function nothingMore(): Result {
  return { stream: new Blob([]).stream() };
}

/** False when whoever started this has gone, or given up, without a word. */
async function isToldToBegin({ terminal }: Context): Promise<boolean> {
  const { done } = await terminal.stdin.getReader().read();
  return !done;
}

/** Aborted when whoever started this has gone, which closes the other end of standard input. */
function untilInputEnds({ terminal, signal }: Context): AbortSignal {
  const ended = new AbortController();
  const end = () => ended.abort();
  terminal.stdin.pipeTo(new WritableStream(), { signal }).then(end, end);
  return AbortSignal.any([signal, ended.signal]);
}

/** Writes what happens on stdout, and ends when it is written: a line for people, or of JSON. */
function tell(
  { terminal, options, clock }: Context,
  event: string,
  facts: object,
  line = "",
): Promise<void> {
  const document = { timestamp: clock.now().toISOString(), event, ...facts };
  const text = options.json ? escapeJson(JSON.stringify(document)) : escapeLine(line);
  // A reader that has gone ends the command by itself.
  return terminal.writeOut(new TextEncoder().encode(`${text}\n`)).catch(() => {});
}

/** A mail, with what its reader looks for. */
function shownMail({ recipients, subject, codes, links }: Sent): string {
  return `Mail to ${recipients.join(", ")}: ${[subject, ...codes, ...links].join(" · ")}`;
}
