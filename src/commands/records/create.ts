import { Command } from "@cliffy/command";
import { createRecords } from "../../client/backend/records.ts";
import type { Context, Run } from "../../cli/context.ts";
import { plural } from "../../terminal/plural.ts";
import type { Result } from "../../terminal/present.ts";
import { success } from "../../terminal/view.ts";
import { dataOf } from "./input.ts";

/** `insforge records create`. */
export const create = (run: Run) =>
  new Command()
    .arguments("<table:string>")
    .option("--data <json:string>", "A row or an array of rows; @FILE or - to read it.")
    .example("Add a row", 'insforge records create posts --data \'{"title": "Hello"}\'')
    .example("Add many", "insforge records create posts --data @posts.json")
    .action(run(runCreate));

/** Adds rows, all of them or none. @throws {UsageError} for what is no JSON */
async function runCreate(
  context: Context,
  options: { data?: string },
  name: string,
): Promise<Result> {
  const { json, isArray } = await dataOf(context, options.data);
  const created = await createRecords(await context.backend(), name, isArray ? json : `[${json}]`);
  return { data: created, view: success(`Added ${plural(created.length, "row")} to ${name}.`) };
}
