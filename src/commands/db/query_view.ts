/** What people see of a query's result. */
import type { QueryResult, StatementResult } from "../../client/backend/database.ts";
import { plural } from "../../terminal/plural.ts";
import { table, text, type View } from "../../terminal/view.ts";

/** The rows as a table and their count, or what was affected; of several statements, each. */
export function queryView(result: QueryResult): View[] {
  const views: View[] = [];
  let silent: StatementResult[] = [];
  for (const statement of result.results ?? [result]) {
    const names = namesOf(statement);
    if (names.length === 0) {
      silent.push(statement);
      continue;
    }
    if (silent.length > 0) views.push(doneView(silent));
    silent = [];
    views.push(...rowsView(names, statement.rows));
  }
  if (silent.length > 0) views.push(doneView(silent));
  return views;
}

function namesOf({ rows, fields }: StatementResult): string[] {
  const names = fields?.length ? fields.map(({ name }) => name) : Object.keys(rows[0] ?? {});
  return [...new Set(names)];
}

function rowsView(names: readonly string[], rows: StatementResult["rows"]): View[] {
  const cells = rows.map((row) => names.map((name) => row[name]));
  return [
    table(names, cells, `No rows. Columns: ${names.join(", ")}.`),
    ...(rows.length > 0 ? [text(`(${plural(rows.length, "row")})`)] : []),
  ];
}

/** One line for statements that answer no rows, however many there are in a row. */
function doneView(statements: readonly StatementResult[]): View {
  const affected = statements.reduce((sum, { rowCount }) => sum + (rowCount ?? 0), 0);
  const facts = [
    ...statements.length > 1 ? [plural(statements.length, "statement")] : [],
    ...affected > 0 ? [`${plural(affected, "row")} affected`] : [],
  ];
  return text(facts.length > 0 ? `Done: ${facts.join(", ")}.` : "Done.");
}
