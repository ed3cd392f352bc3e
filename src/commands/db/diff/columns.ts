/** Tables whose columns differ. */
import type { TableDefinition } from "../dump/objects.ts";
import type { ColumnRow } from "../dump/table_rows.ts";
import { columnSql } from "../dump/tables.ts";
import type { Change } from "./change.ts";

/** What makes one table of the other, without its constraints, indexes and the like. */
export function alterTable(from: TableDefinition, to: TableDefinition): Change[] {
  const alter = `ALTER TABLE ${to.table.quoted}`;
  const old = new Map(from.columns.map((column) => [column.name, column]));
  const wanted = new Set(to.columns.map(({ name }) => name));
  const changes = to.columns.filter(isOwn(to)).flatMap((column): Change[] => {
    const before = old.get(column.name);
    if (!before) return [addColumn(alter, column, to.late.has(column.id))];
    return alterColumn(alter, { column: before, late: from.late }, { column, late: to.late });
  });
  const gone = from.columns.filter(isOwn(from)).filter(({ name }) => !wanted.has(name));
  return [
    ...alterKind(alter, from, to),
    ...changes,
    ...gone.map(({ quoted }) => ({ sql: `${alter} DROP COLUMN ${quoted};`, isDestructive: true })),
  ];
}

/** Whether a column has another type, which whatever reads it has to let go of for a while. */
export function changesTypes(from: TableDefinition, to: TableDefinition): boolean {
  const types = new Map(to.columns.map((column) => [column.name, typeOf(column)]));
  return from.columns.some((column) =>
    (types.get(column.name) ?? typeOf(column)) !== typeOf(column)
  );
}

/** Columns that come from a parent are altered there. */
function isOwn({ table }: TableDefinition): (column: ColumnRow) => boolean {
  return ({ isLocal }) => isLocal || !table.parents;
}

function typeOf({ type, collation }: ColumnRow): string {
  return `${type}${collation ?? ""}`;
}

function addColumn(alter: string, column: ColumnRow, isLate: boolean): Change {
  const hasValue = column.expression !== null || column.identity !== "";
  const note = column.isNotNull && !hasValue
    ? "It fails where the table has rows: give the column a DEFAULT."
    : undefined;
  return { sql: `${alter} ADD COLUMN ${columnSql(column, isLate)};`, note };
}

/** A column, and which defaults of its table are objects of their own. */
interface Side {
  readonly column: ColumnRow;
  readonly late: ReadonlySet<string | null>;
}

function alterColumn(alter: string, from: Side, to: Side): Change[] {
  const [old, column] = [from.column, to.column];
  const set = (what: string) => `${alter} ALTER COLUMN ${column.quoted} ${what};`;
  if (
    old.generated !== column.generated || column.generated && old.expression !== column.expression
  ) {
    return regenerate(alter, old, column);
  }
  const lines: string[] = [];
  const changesType = typeOf(old) !== typeOf(column);
  const [before, after] = [defaultOf(from), defaultOf(to)];
  const redefault = before !== after || changesType && after !== null;
  if (redefault && before !== null) lines.push(set("DROP DEFAULT"));
  if (old.identity && !column.identity) lines.push(set("DROP IDENTITY"));
  if (changesType) {
    lines.push(set(`TYPE ${typeOf(column)} USING ${column.quoted}::${column.type}`));
  }
  if (redefault && after !== null) lines.push(set(`SET DEFAULT ${after}`));
  if (old.isNotNull !== column.isNotNull) {
    lines.push(set(column.isNotNull ? "SET NOT NULL" : "DROP NOT NULL"));
  }
  if (column.identity && old.identity !== column.identity) {
    const when = column.identity === "a" ? "ALWAYS" : "BY DEFAULT";
    lines.push(
      set(
        old.identity
          ? `SET GENERATED ${when}`
          : `ADD GENERATED ${when} AS IDENTITY (${column.identitySequence})`,
      ),
    );
  }
  const note = changesType ? `Every value has to be one of ${column.type}.` : undefined;
  return lines.length === 0 ? [] : [{ sql: lines.join("\n"), note }];
}

/**
 * The default that the column itself has; one that waits for a function is an object of its own.
 */
function defaultOf({ column, late }: Side): string | null {
  return column.generated || late.has(column.id) ? null : column.expression;
}

/** What is computed is computed anew; values that become computed ones are lost. */
function regenerate(alter: string, old: ColumnRow, column: ColumnRow): Change[] {
  if (!column.generated) {
    return [{ sql: `${alter} ALTER COLUMN ${column.quoted} DROP EXPRESSION;` }];
  }
  return [{
    sql: `${alter} DROP COLUMN ${column.quoted};\n${alter} ADD COLUMN ${columnSql(column, false)};`,
    isDestructive: old.generated === "",
  }];
}

/** What kind of table it is, beside its columns. */
function alterKind(alter: string, from: TableDefinition, to: TableDefinition): Change[] {
  const changes: Change[] = [];
  if (from.table.isUnlogged !== to.table.isUnlogged) {
    changes.push({ sql: `${alter} SET ${to.table.isUnlogged ? "UNLOGGED" : "LOGGED"};` });
  }
  if (from.table.options !== to.table.options) {
    const names = from.table.options?.split(", ").map((option) => option.split("=")[0]) ?? [];
    if (names.length > 0) changes.push({ sql: `${alter} RESET (${names.join(", ")});` });
    if (to.table.options) changes.push({ sql: `${alter} SET (${to.table.options});` });
  }
  return changes;
}
