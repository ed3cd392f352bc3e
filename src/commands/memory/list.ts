import { Command } from "@cliffy/command";
import { listMemories } from "../../client/backend/memory.ts";
import type { Context, Run } from "../../cli/context.ts";
import { formatDate } from "../../terminal/dates.ts";
import type { Result } from "../../terminal/present.ts";
import { table } from "../../terminal/view.ts";

/** `insforge memory list`. */
export const list = (run: Run) =>
  new Command()
    .option("--scope <scope:string>", "The scope that they were kept in.")
    .example("See what is known", "insforge memory list")
    .action(run(runList));

/** Lists titles, those that changed last first; no model is asked. */
async function runList(context: Context, { scope }: { scope?: string }): Promise<Result> {
  const answer = await listMemories(await context.backend(), scope);
  return {
    data: answer,
    view: table(
      ["Kind", "Title", { title: "Changed", spare: true }],
      answer.entries.map(({ kind, title, updated_at }) => [
        kind,
        title,
        formatDate(updated_at, context.terminal),
      ]),
      "Nothing is remembered yet. Keep something with: insforge memory remember",
    ),
  };
}
