import { Command } from "@cliffy/command";
import { openLocalBackend } from "./backend_process.ts";
import { elsewhere } from "./elsewhere.ts";
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
  const backend = openLocalBackend(context, options.dataDir);
  using progress = context.progress("Stopping the local backend");
  const stopped = await backend.stop();
  progress.stop();
  const views: View[] = [
    stopped ? success("The local backend has stopped.") : text("The local backend is not running."),
  ];
  const restored = options.unlink ? await unlinkLocal(context) : undefined;
  const hint = stopped ? undefined : elsewhere(context, "stop", backend.dataDir);
  if (hint) views.push(text(hint));
  if (options.unlink) {
    views.push(success(restored ? `Linked again to ${restored}.` : "Removed the link."));
  }
  return {
    data: { success: true, stopped, unlinked: options.unlink ?? false, restored: restored ?? null },
    view: views,
  };
}
