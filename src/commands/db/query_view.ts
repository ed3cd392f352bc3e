/** What people see of a query's result. */
import type { QueryResult } from "../../client/backend/database.ts";
import { plural } from "../../terminal/plural.ts";
import { table, text, type View } from "../../terminal/view.ts";

/** The rows as a table and their count, or what was affected. */
export function queryView({ rows, rowCount, fields }: QueryResult): View[] {
  const names = fields?.length ? fields.map(({ name }) => name) : Object.keys(rows[0] ?? {});
  if (names.length === 0) {
    return [text(rowCount ? `Done: ${plural(rowCount, "row")} affected.` : "Done.")];
  }
  const unique = [...new Set(names)];
  const cells = rows.map((row) => unique.map((name) => row[name]));
  return [
    table(unique, cells, `No rows. Columns: ${unique.join(", ")}.`),
    ...(rows.length > 0 ? [text(`(${plural(rows.length, "row")})`)] : []),
  ];
}
