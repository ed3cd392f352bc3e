import { Command } from "@cliffy/command";
import type { Context, Run } from "../../cli/context.ts";
import type { Result } from "../../terminal/present.ts";
import { success } from "../../terminal/view.ts";
import { openLocalBackend } from "./backend_process.ts";
import { storeOf } from "./copies/copy_backend.ts";
import { requireReplaceable, restoreSnapshot } from "./copies/restore_snapshot.ts";
import { snapshotData } from "../../shared/copies/snapshots.ts";

/** `insforge local restore`: the data of a snapshot again. */
export const restore = (run: Run) =>
  new Command()
    .arguments("<name:string>")
    .option("--data-dir <path:string>", "Where the data is kept (default: .insforge/local).")
    .example("Go back", "insforge local restore before-the-import")
    .action(run(runRestore));

/** Puts a snapshot in the place of the data, and starts the server again if it ran. */
async function runRestore(
  context: Context,
  options: { dataDir?: string },
  name: string,
): Promise<Result> {
  const backend = openLocalBackend(context, options.dataDir);
  await snapshotData(storeOf(context), name);
  await requireReplaceable(backend);
  await context.prompt.confirm(
    `Replace all data of the local backend in ${backend.dataDir} by the snapshot ${name}?`,
  );
  using progress = context.progress("Bringing the snapshot back");
  const restarted = await restoreSnapshot(context, backend, name);
  progress.stop();
  return {
    data: { success: true, name, dataDir: backend.dataDir, restarted },
    view: success(`The local backend has the data of the snapshot ${name}.`),
  };
}
