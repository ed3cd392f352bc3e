import { Command } from "@cliffy/command";
import type { Context, Run } from "../../cli/context.ts";
import { formatBytes } from "../../terminal/bytes.ts";
import type { Result } from "../../terminal/present.ts";
import { success } from "../../terminal/view.ts";
import { openLocalBackend } from "./backend_process.ts";
import { copyName, timeName } from "../../shared/copies/copy_name.ts";
import { snapshotBackend } from "./copies/copy_backend.ts";

/** `insforge local snapshot`: keeps the data as it is now, under a name. */
export const snapshot = (run: Run) =>
  new Command()
    .arguments("[name:string]")
    .option("--data-dir <path:string>", "Where the data is kept (default: .insforge/local).")
    .example("Keep what is there", "insforge local snapshot before-the-import")
    .action(run(runSnapshot));

/** Takes a snapshot; without a name it has that of the time. */
async function runSnapshot(
  context: Context,
  options: { dataDir?: string },
  name?: string,
): Promise<Result> {
  const chosen = copyName(name ?? timeName(context.clock.now()), "snapshot");
  using progress = context.progress("Copying the local backend's data");
  const backend = openLocalBackend(context, options.dataDir);
  const taken = await snapshotBackend(context, backend, { name: chosen });
  progress.stop();
  return {
    data: taken,
    view: success(
      `Took the snapshot ${chosen} (${formatBytes(taken.bytes)}). ` +
        `Bring it back with: insforge local restore ${chosen}`,
    ),
  };
}
