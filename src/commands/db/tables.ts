import { Command } from "@cliffy/command";
import { listTables } from "../../client/backend/database.ts";
import type { Context, Run } from "../../cli/context.ts";
import type { Result } from "../../terminal/present.ts";
import { table } from "../../terminal/view.ts";

/** `insforge db tables`: lists the tables of schema `public`. */
export const tables = (run: Run) =>
  new Command()
    .example("List the tables", "insforge db tables")
    .action(run(runTables));

/** Lists the tables. */
async function runTables(context: Context): Promise<Result> {
  const names = await listTables(await context.backend());
  return {
    data: names,
    view: table(["Table Name"], names.map((name) => [name]), "There are no tables yet."),
  };
}
