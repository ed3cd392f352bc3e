import { Command } from "@cliffy/command";
import { updateRecords } from "../../client/backend/records.ts";
import type { Context, Run } from "../../cli/context.ts";
import { plural } from "../../terminal/plural.ts";
import type { Result } from "../../terminal/present.ts";
import { success } from "../../terminal/view.ts";
import { dataOf, requiredFilters } from "./input.ts";

interface Options {
  filter?: string[];
  data?: string;
}

/** `insforge records update`. */
export const update = (run: Run) =>
  new Command()
    .arguments("<table:string>")
    .option("--filter <filter:string>", "Such as id=eq.1; can be repeated.", { collect: true })
    .option("--data <json:string>", "The new values; @FILE or - to read them.")
    .example(
      "Change one",
      'insforge records update posts --filter id=eq.1 --data \'{"title": "x"}\'',
    )
    .action(run(runUpdate));

/** Changes rows. @throws {UsageError} without a filter, or for what is no JSON */
async function runUpdate(context: Context, options: Options, name: string): Promise<Result> {
  const filter = requiredFilters(options.filter);
  const { json } = await dataOf(context, options.data);
  const rows = await updateRecords(await context.backend(), name, filter, json);
  return { data: rows, view: success(`Changed ${plural(rows.length, "row")} of ${name}.`) };
}
