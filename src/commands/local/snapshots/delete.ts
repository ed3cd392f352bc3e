import { Command } from "@cliffy/command";
import type { Context, Run } from "../../../cli/context.ts";
import type { Result } from "../../../terminal/present.ts";
import { success } from "../../../terminal/view.ts";
import { storeOf } from "../copies/copy_backend.ts";
import { removeSnapshot, snapshotData } from "../../../shared/copies/snapshots.ts";

/** `insforge local snapshots delete`. */
export const deleteSnapshot = (run: Run) =>
  new Command()
    .arguments("<name:string>")
    .example("Delete one", "insforge local snapshots delete before-the-import")
    .action(run(runDelete));

/** Asks, and deletes the snapshot. @throws {NotFoundError} */
async function runDelete(context: Context, _: unknown, name: string): Promise<Result> {
  await snapshotData(storeOf(context), name);
  await context.prompt.confirm(`Delete the snapshot ${name}? This cannot be undone.`);
  await removeSnapshot(storeOf(context), name);
  return { data: { success: true, name }, view: success(`Deleted the snapshot ${name}.`) };
}
