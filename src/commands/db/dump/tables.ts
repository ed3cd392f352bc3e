/** The SQL of tables and of their columns' defaults. */
import type { SchemaObject } from "./objects.ts";
import type { ColumnRow, TableRow } from "./table_rows.ts";

/** `CREATE TABLE` without constraints; the defaults whose ids are in `late` are left out. */
export function createTable(
  table: TableRow,
  columns: readonly ColumnRow[],
  late: ReadonlySet<string | null>,
): SchemaObject {
  const lines = table.ofType
    ? columns.map((column) => optionsSql(column, late.has(column.id))).filter((line) => line !== "")
    : columns.filter(({ isLocal }) => isLocal || !table.parents)
      .map((column) => columnSql(column, late.has(column.id)));
  const list = `(${lines.map((line) => `\n  ${line}`).join(",")}${lines.length > 0 ? "\n" : ""})`;
  const parts = [
    `CREATE ${table.isUnlogged ? "UNLOGGED " : ""}TABLE ${table.quoted}`,
    table.ofType ? ` OF ${table.ofType}` : "",
    table.ofType && lines.length === 0 ? "" : ` ${list}`,
    table.parents ? `\nINHERITS (${table.parents})` : "",
    table.partitionKey ? `\nPARTITION BY ${table.partitionKey}` : "",
    table.accessMethod ? `\nUSING ${table.accessMethod}` : "",
    table.options ? `\nWITH (${table.options})` : "",
    ";",
  ];
  return {
    id: table.id,
    section: "table",
    name: nameOf(table),
    sql: parts.join(""),
    drop: `DROP TABLE IF EXISTS ${table.quoted};`,
  };
}

/** The defaults that have to wait for a function. */
export function lateDefaults(
  table: TableRow,
  columns: readonly ColumnRow[],
  late: ReadonlySet<string | null>,
): SchemaObject[] {
  return columns.filter(({ id }) => late.has(id)).map(({ id, name, quoted, expression }) => ({
    id: id!,
    section: "default",
    name: `${nameOf(table)}.${name}`,
    of: table.id,
    sql: `ALTER TABLE ${table.quoted} ALTER COLUMN ${quoted} SET DEFAULT ${expression};`,
    drop: `ALTER TABLE IF EXISTS ${table.quoted} ALTER COLUMN ${quoted} DROP DEFAULT;`,
  }));
}

/** A column as `CREATE TABLE` and `ADD COLUMN` take it. */
export function columnSql(column: ColumnRow, isLate: boolean): string {
  return [
    column.quoted,
    ` ${column.type}`,
    column.collation ?? "",
    valueSql(column, isLate),
    column.isNotNull ? " NOT NULL" : "",
  ].join("");
}

/** Of a column whose name and type a composite type gives; empty where there is nothing to add. */
function optionsSql(column: ColumnRow, isLate: boolean): string {
  const options = valueSql(column, isLate) + (column.isNotNull ? " NOT NULL" : "");
  return options && `${column.quoted} WITH OPTIONS${options}`;
}

function valueSql(column: ColumnRow, isLate: boolean): string {
  const { generated, identity, expression, identitySequence } = column;
  if (generated) {
    return ` GENERATED ALWAYS AS (${expression}) ${generated === "v" ? "VIRTUAL" : "STORED"}`;
  }
  // A partition numbers by its table's sequence, from PostgreSQL 17 on.
  if (identity && identitySequence) {
    const when = identity === "a" ? "ALWAYS" : "BY DEFAULT";
    return ` GENERATED ${when} AS IDENTITY (${identitySequence})`;
  }
  return expression === null || isLate ? "" : ` DEFAULT ${expression}`;
}

function nameOf({ schema, table }: TableRow): string {
  return `${schema}.${table}`;
}
