/** What people see of a query's result. */
import type { QueryResult, StatementResult } from "../../client/backend/database.ts";
import type { TimeKind } from "../../terminal/dates.ts";
import { plural } from "../../terminal/plural.ts";
import { table, text, type View } from "../../terminal/view.ts";

/**
 * The rows as a table and their count, or what was affected; of several statements, each.
 * @param expanded whether each row is a block
 */
export function queryView(result: QueryResult, expanded = false): View[] {
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
    views.push(...rowsView(names, statement, expanded));
  }
  if (silent.length > 0) views.push(doneView(silent));
  return views;
}

function namesOf({ rows, fields }: StatementResult): string[] {
  const names = fields?.length ? fields.map(({ name }) => name) : Object.keys(rows[0] ?? {});
  return [...new Set(names)];
}

/** The types of PostgreSQL that are times, by their OIDs (pg_type.dat). */
const TIMES: Readonly<Record<number, TimeKind>> = { 1184: "moment", 1114: "clock", 1082: "day" };

function rowsView(
  names: readonly string[],
  { rows, fields = [] }: StatementResult,
  expanded: boolean,
): View[] {
  const cells = rows.map((row) => names.map((name) => row[name]));
  const columns = names.map((title) => ({
    title,
    time: TIMES[fields.find(({ name }) => name === title)?.dataTypeID ?? 0],
  }));
  return [
    { ...table(columns, cells, `No rows. Columns: ${names.join(", ")}.`), expanded },
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
