import { Command } from "@cliffy/command";
import { rawSql } from "../../client/backend/database.ts";
import type { Context, Run } from "../../cli/context.ts";
import type { Result } from "../../terminal/present.ts";
import { queryView } from "./query_view.ts";
import { readTextInput } from "../../cli/input.ts";
import { UsageError } from "../../core/errors.ts";

interface Options {
  file?: string;
  unrestricted?: boolean;
}

/** `insforge db query`: runs SQL and shows its rows. */
export const query = (run: Run) =>
  new Command()
    .arguments("[sql:string]")
    .option("--file <path:string>", "Read the SQL from a file.")
    .option("--unrestricted", "Run as the superuser, with access to system schemas.")
    .example("Run a statement", 'insforge db query "SELECT * FROM posts LIMIT 10"')
    .example("Run a file", "insforge db query --file schema.sql")
    .example("Read from a pipe", "echo 'SELECT 1' | insforge db query -")
    .action(run(runQuery));

/** Runs SQL from the argument, a file or standard input. @throws {UsageError} when it is empty. */
export async function runQuery(
  context: Context,
  options: Options,
  argument?: string,
): Promise<Result> {
  const sql = await readSql(context, options, argument);
  const backend = await context.backend();
  using progress = context.progress("Running SQL");
  const result = await rawSql(backend, sql, { unrestricted: options.unrestricted, exact: true });
  progress.stop();
  return { data: result, view: queryView(result) };
}

async function readSql(context: Context, { file }: Options, argument?: string): Promise<string> {
  if (file !== undefined && argument !== undefined) {
    throw new UsageError("Give the SQL as an argument or with --file, not both.");
  }
  const source = file ?? (argument === "-" ? "-" : undefined);
  const sql = source === undefined ? argument : await readTextInput(context, source);
  if (sql === undefined) {
    throw new UsageError("There is no SQL to run.", {
      hint: 'Give it as an argument, with --file, or "-" to read standard input.',
    });
  }
  if (sql.trim() === "") {
    throw new UsageError("The SQL is empty.", { hint: "Give at least one statement." });
  }
  return sql;
}
