import { Command } from "@cliffy/command";
import { deleteRecords } from "../../client/backend/records.ts";
import type { Context, Run } from "../../cli/context.ts";
import { plural } from "../../terminal/plural.ts";
import type { Result } from "../../terminal/present.ts";
import { success } from "../../terminal/view.ts";
import { requiredFilters } from "./input.ts";

/** `insforge records delete`. */
export const deleteRows = (run: Run) =>
  new Command()
    .arguments("<table:string>")
    .option("--filter <filter:string>", "Such as id=eq.1; can be repeated.", { collect: true })
    .example("Delete one", "insforge records delete posts --filter id=eq.1 -y")
    .action(run(runDelete));

/** Asks, and deletes rows. @throws {UsageError} without a filter */
async function runDelete(
  context: Context,
  options: { filter?: string[] },
  name: string,
): Promise<Result> {
  const filter = requiredFilters(options.filter);
  const named = Object.entries(filter).map(([column, condition]) => `${column}=${condition}`);
  await context.prompt.confirm(`Delete the rows of ${name} where ${named.join(" and ")}?`);
  const rows = await deleteRecords(await context.backend(), name, filter);
  return { data: rows, view: success(`Deleted ${plural(rows.length, "row")} of ${name}.`) };
}
