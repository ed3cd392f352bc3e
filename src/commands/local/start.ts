import { Command, EnumType } from "@cliffy/command";
import { linkLocal } from "./link_directory.ts";
import { openLocalBackend } from "./backend_process.ts";
import { eraseDataDir } from "../../shared/copies/data_dir.ts";
import { ephemeralDataFolder } from "../../config/paths.ts";
import { isThere } from "../../files/real_path.ts";
import { aiOptions } from "./ai_options.ts";
import type { Context, Run } from "../../cli/context.ts";
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
import type { Result } from "../../terminal/present.ts";
import { facts, success } from "../../terminal/view.ts";

interface Options {
  port?: number;
  engine?: EngineName;
  databaseUrl?: string;
  storageUrl?: string;
  postgres?: boolean;
  strict?: boolean;
  dataDir?: string;
  ephemeral?: boolean;
  aiUrl?: string;
  aiEcho?: boolean;
  stripeUrl?: string;
}

/** `insforge local start`: the backend in the background, this directory linked to it. */
export const start = (run: Run) =>
  new Command()
    .option(
      "--port <port:integer>",
      "The port (default: that of last time, 7130 or the next free one).",
    )
    .option("--strict", "Answer as InsForge does also where that is a defect.")
    .group("Where data are kept")
    .option("--data-dir <path:string>", "Where the data is kept (default: .insforge/local).")
    .option("--ephemeral", "Use an empty backend, whose data is gone when it ends.", {
      conflicts: ["data-dir", "database-url"],
    })
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
    .example("Start it", "insforge local start")
    .example("In CI", "insforge local start --ephemeral")
    .example("Over a PostgreSQL server", "insforge local start --engine postgres")
    .action(run(runStart));

/** Starts the backend unless it runs, waits until it answers and links the directory. */
async function runStart(context: Context, options: Options): Promise<Result> {
  const wanted = portOption(options.port);
  const ai = aiOptions(options);
  const stripeUrl = stripeUrlOf(options);
  const databaseUrl = databaseUrlOf(context, options);
  const objects = objectStoreOf(context, options);
  const { ephemeral } = options;
  const folder = ephemeral ? ephemeralDataFolder(context.launch.projectRoot) : options.dataDir;
  const backend = openLocalBackend(context, folder);
  const running = await backend.find();
  // What is there was left by one that was killed together with its watcher.
  if (ephemeral && !running && isThere(backend.dataDir)) await eraseDataDir(backend.dataDir);
  using progress = context.progress("Starting the local backend");
  const state = running ?? await backend.start({
    port: wanted,
    postgres: options.postgres,
    strict: options.strict,
    ai,
    stripeUrl,
    engine: options.engine,
    databaseUrl,
    ephemeral,
    objects,
  });
  const displaced = await linkLocal(context, {
    url: state.url,
    apiKey: await backend.apiKey(),
    dataDir: backend.dataDir,
  });
  progress.stop();
  if (running && wanted && wanted !== running.port) {
    context.warn(
      `It runs on port ${running.port}, not on ${wanted}: end it with \`insforge local stop\` first.`,
    );
  }
  if (running && options.strict && !running.strict) {
    context.warn("It runs without --strict: end it with `insforge local stop` first.");
  }
  if (displaced) {
    context.note(
      `The link to ${displaced} is kept: \`insforge local stop --unlink\` brings it back.`,
    );
  }
  const { url, port, postgresPort, pid } = state;
  return {
    data: {
      status: "running",
      started: !running,
      url,
      port,
      postgresPort,
      pid,
      dataDir: backend.dataDir,
    },
    view: [
      success(running ? "The local backend is already running." : "The local backend is running."),
      facts([["Address", url], ["Data", backend.dataDir]]),
    ],
  };
}
