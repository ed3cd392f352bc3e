import { Command } from "@cliffy/command";
import type { Context, Run } from "../../cli/context.ts";
import type { Result } from "../../terminal/present.ts";
import { success } from "../../terminal/view.ts";
import { keeperOf } from "./keeper.ts";
import { PROJECT } from "../projects/managed/named.ts";
import { backupName, findBackup } from "./view.ts";

/** `insforge backups rename`. */
export const rename = (run: Run) =>
  new Command()
    .arguments("<id:string> <name:string>")
    .option(...PROJECT)
    .example("Name one", "insforge backups rename 20260131-120000 before-the-import")
    .action(run(runRename));

/** Gives a backup another name; an empty one takes it away. @throws {NotFoundError} */
async function runRename(
  context: Context,
  options: { project?: string },
  id: string,
  name: string,
): Promise<Result> {
  const wanted = backupName(name) || null;
  const keeper = await keeperOf(context, options.project);
  await findBackup(keeper, id);
  await keeper.rename(id, wanted);
  return {
    data: { id, name: wanted },
    view: success(
      wanted ? `The backup ${id} is called ${wanted}.` : `The backup ${id} has no name.`,
    ),
  };
}
