import { Command } from "@cliffy/command";
import { type QueryResult, rawSql } from "../../client/backend/database.ts";
import { findSyntaxError } from "../../client/backend/sql_error.ts";
import { splitStatements } from "../../shared/sql/splitter.ts";
import { cutTrailingReads } from "../../shared/sql/trailing_reads.ts";
import type { Context, Run } from "../../cli/context.ts";
import type { Result } from "../../terminal/present.ts";
import { withHexBytes } from "./hex_bytes.ts";
import { queryView } from "./query_view.ts";
import { tellMessages } from "./sql_messages.ts";
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
  const { project } = await context.target();
  // The local backend tells what each statement answered, and so keeps them in one transaction.
  const parts = project?.region === "local" ? [sql] : await partsOf(sql);
  using progress = context.progress("Running SQL");
  const answers: QueryResult[] = [];
  for (const part of parts) {
    const { unrestricted } = options;
    const settings = { unrestricted, exact: true, allResults: true };
    const answer = await rawSql(backend, part, settings).catch((error) => {
      if (answers.length > 0) context.warn("The statements before this one were carried out.");
      throw error;
    });
    const { warnings, notices, ...result } = answer;
    const { file } = options;
    const place = file === undefined || file === "-" ? undefined : { name: file };
    tellMessages(context, { warnings, notices }, place);
    answers.push(withHexBytes(result));
  }
  progress.stop();
  const result = merged(answers);
  if (isSilent(result, sql)) {
    context.note(
      "The backend shows no rows of several statements at once: run one that reads by itself.",
    );
  }
  return { data: result, view: queryView(result) };
}

/** What is sent one after the other: of a text that does not parse nothing is to be carried out. */
async function partsOf(sql: string): Promise<string[]> {
  const parts = cutTrailingReads(sql);
  return parts.length > 1 && await findSyntaxError(sql) ? [sql] : parts;
}

/** One result of several: all of them, and the rows of the last. */
function merged(answers: readonly QueryResult[]): QueryResult {
  const results = answers.flatMap((answer) => answer.results ?? [answer]);
  const last = results.at(-1);
  return results.length > 1 && last ? { ...last, results } : answers[0]!;
}

/** Whether the backend ran several statements as one and told nothing of them. */
function isSilent({ results, fields, rowCount }: QueryResult, sql: string): boolean {
  return results === undefined && fields === undefined && rowCount === undefined &&
    splitStatements(sql).some(({ text }) => /^(select|values|table|show|with)\b/i.test(text));
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
