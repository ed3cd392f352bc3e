import { Command } from "@cliffy/command";
import { listRecords } from "../../client/backend/records.ts";
import type { Context, Run } from "../../cli/context.ts";
import { wholeNumberOption } from "../../cli/options.ts";
import type { Result } from "../../terminal/present.ts";
import { filtersOf, rowsView } from "./input.ts";

interface Options {
  select?: string;
  filter?: string[];
  order?: string;
  limit?: number;
  offset?: number;
}

/** `insforge records list`. */
export const list = (run: Run) =>
  new Command()
    .arguments("<table:string>")
    .option("--select <columns:string>", "Columns, separated by commas.")
    .option("--filter <filter:string>", "Such as name=eq.Ada; can be repeated.", { collect: true })
    .option("--order <order:string>", "Such as created_at.desc.")
    .option("--limit <rows:integer>", "The most rows.")
    .option("--offset <rows:integer>", "How many rows are passed over.")
    .example("Read the newest", "insforge records list posts --order created_at.desc --limit 10")
    .example("Read some", "insforge records list posts --filter author=eq.Ada")
    .action(run(runList));

/** Reads rows. @throws {UsageError} for what is no filter */
async function runList(context: Context, options: Options, name: string): Promise<Result> {
  const { select, filter = [], order } = options;
  const limit = wholeNumberOption(options.limit, "--limit", 0);
  const offset = wholeNumberOption(options.offset, "--offset", 0);
  const query = { ...filtersOf(filter), select, order, limit, offset };
  const rows = await listRecords(await context.backend(), name, query);
  return { data: rows, view: rowsView(rows) };
}
