import { Command } from "@cliffy/command";
import type { Context, Run } from "../../cli/context.ts";
import type { Result } from "../../terminal/present.ts";
import { success } from "../../terminal/view.ts";
import { keeperOf } from "./keeper.ts";
import { PROJECT } from "../projects/managed/named.ts";
import { findBackup } from "./view.ts";

/** `insforge backups delete`. */
export const deleteBackup = (run: Run) =>
  new Command()
    .arguments("<id:string>")
    .option(...PROJECT)
    .example("Delete one", "insforge backups delete 20260131-120000")
    .action(run(runDelete));

/** Asks, and deletes a backup. @throws {NotFoundError} */
async function runDelete(
  context: Context,
  options: { project?: string },
  id: string,
): Promise<Result> {
  const keeper = await keeperOf(context, options.project);
  await findBackup(keeper, id);
  await context.prompt.confirm(`Delete the backup ${id}? This cannot be undone.`);
  await keeper.remove(id);
  return { data: { deleted: true, backup_id: id }, view: success(`Deleted the backup ${id}.`) };
}
