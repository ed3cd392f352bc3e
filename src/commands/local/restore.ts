import { Command } from "@cliffy/command";
import type { Context, Run } from "../../cli/context.ts";
import type { Result } from "../../terminal/present.ts";
import { success } from "../../terminal/view.ts";
import { type LocalBackendControl, openLocalBackend } from "./backend_process.ts";
import { replaceData } from "./copies/data_copy.ts";
import { snapshotData } from "./copies/snapshots.ts";
import { requireDataDir } from "./erase.ts";
import { linkLocal } from "./link_directory.ts";

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
  const snapshot = await snapshotData(context, name);
  const hasData = await Deno.lstat(backend.dataDir).then(() => true, () => false);
  if (hasData) await requireDataDir(backend.dataDir);
  await context.prompt.confirm(
    `Replace all data of the local backend in ${backend.dataDir} by the snapshot ${name}?`,
  );
  using progress = context.progress("Bringing the snapshot back");
  const state = await backend.find();
  await backend.stop();
  await replaceData(context, backend.dataDir, snapshot);
  if (state) await startAgain(context, backend, state.port);
  progress.stop();
  return {
    data: { success: true, name, dataDir: backend.dataDir, restarted: state !== undefined },
    view: success(`The local backend has the data of the snapshot ${name}.`),
  };
}

async function startAgain(
  context: Context,
  backend: LocalBackendControl,
  port: number,
): Promise<void> {
  const { url } = await backend.start({ port });
  await linkLocal(context, { url, apiKey: await backend.apiKey(), dataDir: backend.dataDir });
}
