import { Command } from "@cliffy/command";
import type { Context, Run } from "../../../cli/context.ts";
import { formatBytes } from "../../../terminal/bytes.ts";
import { formatDate } from "../../../terminal/dates.ts";
import type { Result } from "../../../terminal/present.ts";
import { table } from "../../../terminal/view.ts";
import { storeOf } from "../copies/copy_backend.ts";
import { listSnapshots } from "../../../shared/copies/snapshots.ts";

/** `insforge local snapshots list`. */
export const list = (run: Run) =>
  new Command()
    .example("See what there is", "insforge local snapshots list")
    .action(run(runList));

/** Lists the snapshots, oldest first. */
async function runList(context: Context): Promise<Result> {
  const snapshots = await listSnapshots(storeOf(context));
  return {
    data: { snapshots },
    view: table(
      [{ title: "Name", whole: true }, "Size", "Taken"],
      snapshots.map(({ name, bytes, createdAt }) => [
        name,
        formatBytes(bytes),
        formatDate(createdAt, context.terminal),
      ]),
      "There are no snapshots. Take one with: insforge local snapshot NAME",
    ),
  };
}
