import { Command } from "@cliffy/command";
import type { Context, Run } from "../../cli/context.ts";
import type { Result } from "../../terminal/present.ts";
import { text } from "../../terminal/view.ts";
import { keeperOf } from "./keeper.ts";
import { PROJECT } from "../projects/managed/named.ts";
import { backupFacts, byAge } from "./view.ts";

/** `insforge backups latest`. */
export const latest = (run: Run) =>
  new Command()
    .option(...PROJECT)
    .example("See when the last one was", "insforge backups latest")
    .action(run(runLatest));

/** Shows the newest backup; null where there is none. */
async function runLatest(context: Context, options: { project?: string }): Promise<Result> {
  const [newest] = byAge(await (await keeperOf(context, options.project)).list());
  return {
    data: newest ?? null,
    view: newest
      ? backupFacts(newest, context)
      : text("There are no backups. Take one with: insforge backups create"),
  };
}
