import { Command } from "@cliffy/command";
import type { Context, Run } from "../../cli/context.ts";
import { formatDate } from "../../terminal/dates.ts";
import type { Result } from "../../terminal/present.ts";
import { table } from "../../terminal/view.ts";
import { keeperOf } from "./keeper.ts";
import { PROJECT } from "../projects/managed/named.ts";
import { byAge, sizeOf } from "./view.ts";

/** `insforge backups list`. */
export const list = (run: Run) =>
  new Command()
    .option(...PROJECT)
    .example("See what there is", "insforge backups list")
    .action(run(runList));

/** Lists the backups, newest first. */
async function runList(context: Context, options: { project?: string }): Promise<Result> {
  const backups = byAge(await (await keeperOf(context, options.project)).list());
  return {
    data: backups,
    view: table(
      [{ title: "ID", whole: true }, "Name", "Status", "Source", "Size", "Created"],
      backups.map((backup) => [
        backup.id,
        backup.name ?? "",
        backup.status,
        backup.triggerSource,
        sizeOf(backup),
        formatDate(backup.createdAt, context.terminal),
      ]),
      "There are no backups. Take one with: insforge backups create",
    ),
  };
}
