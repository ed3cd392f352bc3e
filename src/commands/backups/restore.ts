import { Command } from "@cliffy/command";
import type { Context, Run } from "../../cli/context.ts";
import type { Result } from "../../terminal/present.ts";
import { success } from "../../terminal/view.ts";
import { keeperOf } from "./keeper.ts";
import { PROJECT } from "../projects/managed/named.ts";
import { findBackup } from "./view.ts";

/** `insforge backups restore`. */
export const restore = (run: Run) =>
  new Command()
    .arguments("<id:string>")
    .option(...PROJECT)
    .example("Go back", "insforge backups restore 20260131-120000")
    .action(run(runRestore));

/** Asks, and replaces the data. @throws {NotFoundError} */
async function runRestore(
  context: Context,
  options: { project?: string },
  id: string,
): Promise<Result> {
  const keeper = await keeperOf(context, options.project);
  await findBackup(keeper, id);
  const what = keeper.isWhole ? "database and the objects" : "database";
  await context.prompt.confirm(`Replace the ${what} by the backup ${id}? This cannot be undone.`);
  using progress = context.progress("Restoring the backup");
  await keeper.restore(id);
  progress.stop();
  return { data: { restored: true, backup_id: id }, view: success(`Restored the backup ${id}.`) };
}
