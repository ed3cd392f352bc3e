/** What of the commands that can destroy is dangerous as it is typed. */
import { readTextInput } from "../input.ts";
import { splitStatements } from "../../shared/sql/splitter.ts";
import type { Context } from "../context.ts";

/** What reads, or only adds, begins with one of these. */
const HARMLESS = /^\s*(SELECT|WITH|EXPLAIN|SHOW|TABLE|VALUES|INSERT|CREATE)\b/i;

/** And has none of these, not even in a string: to ask once too often costs little. */
const HARMFUL = new RegExp(
  "\\b(ANALYZE|DROP|TRUNCATE|DELETE|UPDATE|ALTER|GRANT|REVOKE|COPY|MERGE|CALL|DO|VACUUM|REINDEX|" +
    "CLUSTER|REFRESH|LOCK|REASSIGN|IMPORT|SECURITY|PROGRAM|REPLACE|SHARE|" +
    "pg_terminate_backend|pg_cancel_backend|lo_\\w+|pg_read_\\w+|pg_ls_\\w+|dblink\\w*)\\b",
  "i",
);

/** What a command would do, in a sentence, where that is dangerous. */
export async function dangerOf(
  context: Context,
  options: unknown,
  operands: readonly unknown[],
): Promise<string | undefined> {
  const { command, effect } = context.launch.invocation;
  const name = command.join(" ");
  if (name === "db query") return await dangerOfQuery(context, options, operands[0]);
  if (effect !== "destroys") return undefined;
  return `\`insforge ${name}\` destroys or replaces what nobody can bring back.`;
}

async function dangerOfQuery(
  context: Context,
  options: unknown,
  operand: unknown,
): Promise<string | undefined> {
  const { file } = options as { file?: string };
  // What comes over a pipe can be read only once.
  if (operand === "-" || file === "-") return "It runs SQL that nobody has looked at.";
  const sql = file === undefined ? String(operand ?? "") : await readTextInput(context, file);
  const found = splitStatements(sql).find(({ text }) => !HARMLESS.test(text) || HARMFUL.test(text));
  return found && `It runs SQL that changes or removes what is there: ${found.text.trim()}`;
}
