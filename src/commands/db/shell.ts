import { Command } from "@cliffy/command";
import type { Context, Run } from "../../cli/context.ts";
import type { Result } from "../../terminal/present.ts";
import { runScript } from "./shell/script.ts";

interface Options {
  unrestricted?: boolean;
  stopOnError?: boolean;
}

/** `insforge db shell`: SQL line by line, typed or piped. */
export const shell = (run: Run) =>
  new Command()
    .option("--unrestricted", "Run as the superuser, with access to system schemas.")
    .option("--stop-on-error", "In a script: end at the first statement that fails.")
    .example("Type SQL", "insforge db shell")
    .example("Run a script", "insforge db shell --stop-on-error < seed.sql")
    .action(run(runShell));

/**
 * Talks with a person at a terminal; runs what comes through a pipe. Each statement is a
 * transaction of its own.
 */
async function runShell(context: Context, options: Options): Promise<Result> {
  const { unrestricted = false, stopOnError = false } = options;
  const backend = await context.backend();
  const settings = { timing: false, expanded: false, unrestricted };
  if (context.terminal.isInteractive && !context.options.json) {
    const { runInteractive } = await import("./shell/interactive.ts");
    await runInteractive(context, backend, settings);
    return {};
  }
  return {
    stream: ReadableStream.from(runScript(context, backend, settings, stopOnError))
      .pipeThrough(new TextEncoderStream()),
    styled: true,
  };
}
