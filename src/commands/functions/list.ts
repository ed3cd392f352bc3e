import { Command } from "@cliffy/command";
import { listFunctions } from "../../client/backend/functions.ts";
import type { Context, Run } from "../../cli/context.ts";
import { formatDate } from "../../terminal/dates.ts";
import type { Result } from "../../terminal/present.ts";
import { table } from "../../terminal/view.ts";

/** `insforge functions list`: the functions of the project. */
export const list = (run: Run) =>
  new Command()
    .example("List the functions", "insforge functions list")
    .action(run(runList));

/** Lists the functions, newest first. */
async function runList(context: Context): Promise<Result> {
  const answer = await listFunctions(await context.backend());
  return {
    data: answer,
    view: table(
      [{ title: "Slug", whole: true }, "Name", "Status", "Created At"],
      answer.functions.map(({ slug, name, status, createdAt }) => [
        slug,
        name,
        status,
        formatDate(createdAt, context.terminal) ?? "",
      ]),
      "There are no functions yet. `insforge functions new hello` writes a first one.",
    ),
  };
}
