import { Command } from "@cliffy/command";
import { anonKey } from "../../client/backend/auth.ts";
import { connectionUrl } from "../../client/backend/connection.ts";
import { reason } from "../../files/reason.ts";
import type { Context, Run } from "../../cli/context.ts";
import { NotFoundError, OperationError } from "../../core/errors.ts";
import type { Result } from "../../terminal/present.ts";
import { actingOn } from "./acting_on.ts";
import { openLocalBackend } from "./backend_process.ts";
import { withScratchBackend } from "./scratch.ts";

interface Options {
  ephemeral?: boolean;
  dataDir?: string;
}

/** `insforge local run`: a command with a backend beside it. */
export const runCommand = (run: Run) =>
  new Command()
    .arguments("<command:string> [args...:string]")
    .option("--ephemeral", "Use an empty backend, which is gone at the end.")
    .option("--data-dir <path:string>", "Where the data is kept (default: .insforge/local).")
    .example("Run tests against it", "insforge local run -- npm test")
    .example("Against an empty one", "insforge local run --ephemeral -- npm test")
    .action(run(runBeside));

/**
 * Starts the backend unless it runs, runs the command with what leads to it in its environment, and
 * ends with the command's exit code. What was started is stopped.
 * @throws {NotFoundError} when there is no such program
 */
async function runBeside(
  context: Context,
  options: Options,
  command: string,
  ...args: string[]
): Promise<Result> {
  if (options.ephemeral) {
    return await withScratchBackend(
      context,
      (scratch) => runWith(scratch, command, args),
      { postgres: true },
    );
  }
  const backend = openLocalBackend(context, options.dataDir);
  const running = await backend.find();
  using progress = context.progress("Starting the local backend");
  const { url } = running ?? await backend.start({});
  progress.stop();
  try {
    const target = { url, apiKey: await backend.apiKey(), source: backend.dataDir };
    return await runWith(actingOn(context, target), command, args);
  } finally {
    if (!running) await backend.stop();
  }
}

async function runWith(context: Context, command: string, args: string[]): Promise<Result> {
  const child = spawn(command, args, await environmentOf(context));
  const end = () => {
    try {
      child.kill();
    } catch { /* It has ended. */ }
  };
  context.signal.addEventListener("abort", end);
  const { code } = await child.status;
  context.signal.removeEventListener("abort", end);
  // Standard output is the command's alone.
  return { stream: new Blob([]).stream(), exitCode: code };
}

/** What leads to the backend, as apps and clients of PostgreSQL look for it. */
async function environmentOf(context: Context): Promise<Record<string, string>> {
  const backend = await context.backend();
  const { url, apiKey } = await context.target();
  return {
    INSFORGE_BASE_URL: url,
    INSFORGE_API_KEY: apiKey,
    INSFORGE_ANON_KEY: await anonKey(backend),
    DATABASE_URL: await connectionUrl(context, backend),
  };
}

function spawn(command: string, args: string[], env: Record<string, string>): Deno.ChildProcess {
  try {
    return new Deno.Command(command, { args, env, stdin: "inherit" }).spawn();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) {
      throw new NotFoundError(`There is no program ${command}.`, {
        hint: "Name one that is in PATH, behind --: insforge local run -- npm test",
      });
    }
    throw new OperationError(`Cannot run ${command}: ${reason(error)}.`, "RUN_FAILED", {
      cause: error,
    });
  }
}
