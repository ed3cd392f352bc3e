import { Command } from "@cliffy/command";
import { placeOf } from "../../files/typed_path.ts";
import { localDataFolder } from "../../config/paths.ts";
import type { Context, Run } from "../../cli/context.ts";
import { OperationError } from "../../core/errors.ts";
import { portOption } from "../../cli/options.ts";
import type { Result } from "../../terminal/present.ts";
import { text } from "../../terminal/view.ts";

interface Options {
  port?: number;
  dataDir?: string;
}

/** `insforge local serve`: the backend in the foreground, until Ctrl-C. */
export const serve = (run: Run) =>
  new Command()
    .option("--port <port:integer>", "The port to listen on (default: 7130 or the next free one).")
    .option("--data-dir <path:string>", "Where the data is kept (default: .insforge/local).")
    .example("Run it in this terminal", "insforge local serve")
    .action(run(runServe));

/** Runs the server; the CLI's only door to it. */
async function runServe(context: Context, options: Options): Promise<Result> {
  const { launch, signal } = context;
  const port = portOption(options.port);
  const { serve, StartError } = await import("../../server/instance.ts");
  await serve({
    dataDir: options.dataDir === undefined
      ? localDataFolder(launch.projectRoot)
      : placeOf(launch, options.dataDir),
    port,
    version: launch.version,
    self: launch.self,
    signal,
    onReady: ({ url }) => context.note(`The local backend listens on ${url}. Ctrl-C stops it.`),
  }).catch((error) => {
    if (!(error instanceof StartError)) throw error;
    throw new OperationError(error.message, error.code, { hint: error.hint });
  });
  return { data: { success: true }, view: text("The local backend has stopped.") };
}
