/** A dump as SQL text, in the order in which an empty database takes it. */
import { guardBody, guardLiterals } from "./guarded.ts";
import type { Schema, SchemaObject, Table } from "./objects.ts";
import type { RowReader } from "./reading.ts";
import { insertValues, writable } from "./rows.ts";

/**
 * Rows and characters at which an INSERT ends: what a statement holds is held in memory by who runs
 * it.
 */
const STATEMENT_ROWS = 500;
const STATEMENT_LENGTH = 128_000;

/**
 * Writes the objects and the rows of their tables.
 * @param objects in order; with a section `data` for each table whose rows are wanted
 * @param title what it is, as a sentence
 */
export async function* sqlDump(
  schema: Schema,
  objects: readonly SchemaObject[],
  reader: RowReader,
  title: string,
): AsyncGenerator<string> {
  yield `-- ${title}\n`;
  if (objects.some(({ section }) => section === "function")) yield UNCHECKED_BODIES;
  const tables = new Map(schema.tables.map((table) => [table.id, table]));
  let previous: string | undefined;
  for (const object of objects) {
    if (object.section === "data") {
      yield* inserts(tables.get(object.of!)!, reader);
    } else {
      const isShort = !object.sql.includes("\n") && object.section === previous;
      const sql = object.section === "function" ? guardBody(object.sql) : object.sql;
      yield `${isShort ? "" : "\n"}${guardLiterals(sql)}\n`;
    }
    previous = object.section;
  }
}

const UNCHECKED_BODIES = `-- Functions may name what is made after them.
SET check_function_bodies = false;
`;

async function* inserts(table: Table, reader: RowReader): AsyncGenerator<string> {
  const columns = writable(table).map(({ quoted }) => quoted).join(", ");
  const overriding = table.hasAlwaysIdentity ? " OVERRIDING SYSTEM VALUE" : "";
  const start = columns === ""
    ? undefined
    : `\nINSERT INTO ${table.quoted} (${columns})${overriding} VALUES`;
  let rows: string[] = [];
  let length = 0;
  for await (const page of reader(table, insertValues)) {
    for (const row of page) {
      if (!start) {
        yield `INSERT INTO ${table.quoted} DEFAULT VALUES;\n`;
        continue;
      }
      if (
        rows.length === STATEMENT_ROWS || rows.length > 0 && length + row.length > STATEMENT_LENGTH
      ) {
        yield statement(start, rows);
        [rows, length] = [[], 0];
      }
      rows.push(guardLiterals(row));
      length += row.length;
    }
  }
  if (start && rows.length > 0) yield statement(start, rows);
}

function statement(start: string, rows: readonly string[]): string {
  return `${start}\n${rows.join(",\n")};\n`;
}
