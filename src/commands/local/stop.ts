import { Command } from "@cliffy/command";
import { openLocalBackend } from "./backend_process.ts";
import { elsewhere } from "./elsewhere.ts";
import { ephemeralDataOf, untilGone } from "./ephemeral.ts";
import { eraseDataDir } from "../../shared/copies/data_dir.ts";
import { linkedProject } from "../../config/project.ts";
import { isThere } from "../../files/real_path.ts";
import { unlinkLocal } from "./link_directory.ts";
import type { Context, Run } from "../../cli/context.ts";
import type { Result } from "../../terminal/present.ts";
import { success, text, type View } from "../../terminal/view.ts";

interface Options {
  unlink?: boolean;
  dataDir?: string;
}

/** `insforge local stop`: ends the backend; its data stays. */
export const stop = (run: Run) =>
  new Command()
    .option("--unlink", "Also remove the link, and bring back the one it displaced.")
    .option("--data-dir <path:string>", "Where the data is kept (default: .insforge/local).")
    .example("Stop it and go back to the linked project", "insforge local stop --unlink")
    .action(run(runStop));

/** Stops the server and waits until it is gone. */
async function runStop(context: Context, options: Options): Promise<Result> {
  const ephemeral = options.dataDir === undefined ? ephemeralDataOf(context) : undefined;
  const backend = openLocalBackend(context, options.dataDir ?? ephemeral);
  using progress = context.progress("Stopping the local backend");
  const stopped = await backend.stop() !== undefined;
  if (ephemeral !== undefined) await finish(context, ephemeral, stopped);
  progress.stop();
  const views: View[] = [
    stopped ? success("The local backend has stopped.") : text("The local backend is not running."),
  ];
  // What is gone is nothing to be linked to.
  const isLinked = ephemeral !== undefined &&
    linkedProject(context.launch)?.data_dir === ephemeral;
  const unlinks = options.unlink || isLinked;
  const restored = unlinks ? await unlinkLocal(context) : undefined;
  const hint = stopped ? undefined : elsewhere(context, "stop", backend.dataDir);
  if (hint) views.push(text(hint));
  if (unlinks) {
    views.push(success(restored ? `Linked again to ${restored}.` : "Removed the link."));
  }
  return {
    data: { success: true, stopped, unlinked: unlinks, restored: restored ?? null },
    view: views,
  };
}

/** Sees to it that nothing is left of an ephemeral backend. */
async function finish(context: Context, dataDir: string, stopped: boolean): Promise<void> {
  if (stopped) await untilGone(context, dataDir);
  if (isThere(dataDir)) await eraseDataDir(dataDir);
}
