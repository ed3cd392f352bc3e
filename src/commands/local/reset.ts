import { Command } from "@cliffy/command";
import { openLocalBackend } from "./backend_process.ts";
import { eraseDataDir, requireDataDir } from "./erase.ts";
import type { Context, Run } from "../../cli/context.ts";
import type { Result } from "../../terminal/present.ts";
import { success } from "../../terminal/view.ts";

/** `insforge local reset`: an empty backend again. */
export const reset = (run: Run) =>
  new Command()
    .option("--data-dir <path:string>", "Where the data is kept (default: .insforge/local).")
    .example("Begin anew without a question", "insforge local reset -y")
    .action(run(runReset));

/**
 * Asks, stops the server if it runs, and deletes its data but not its keys' link.
 * @throws {FileError} for a folder that is not a local backend's, or holds something else too
 */
async function runReset(
  context: Context,
  options: { dataDir?: string },
): Promise<Result> {
  const backend = openLocalBackend(context, options.dataDir);
  await requireDataDir(backend.dataDir);
  await context.prompt.confirm(
    `Delete all data of the local backend in ${backend.dataDir}? This cannot be undone.`,
  );
  using progress = context.progress("Deleting the local backend's data");
  const wasRunning = await backend.stop();
  await eraseDataDir(backend.dataDir);
  progress.stop();
  return {
    data: { success: true, wasRunning, dataDir: backend.dataDir },
    view: success("The local backend is empty. Start it with `insforge local start`."),
  };
}
