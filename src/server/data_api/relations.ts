import type { Transaction } from "../database/client.ts";
import { quoteName } from "../database/names.ts";
import { DataApiError } from "./postgrest_error.ts";

/** A foreign key between tables of one schema. */
export interface ForeignKey {
  readonly name: string;
  readonly table: string;
  readonly columns: readonly string[];
  readonly refTable: string;
  readonly refColumns: readonly string[];
}

/** How the rows of a related table belong to those of another one. */
export interface Relation {
  readonly table: string;
  /** Whether there is at most one. */
  readonly isOne: boolean;
  /** The condition, given the aliases of both; a table in between is within it. */
  condition(parent: string, child: string): string;
}

/** The foreign keys of a schema. */
export async function readForeignKeys(
  { query }: Transaction,
  schema: string,
): Promise<ForeignKey[]> {
  const { rows } = await query<ForeignKey>(FOREIGN_KEYS, [schema]);
  return rows;
}

/**
 * Finds how `name`, a table, a foreign key or its column, is related to a table.
 * @throws {DataApiError} 400 PGRST200 when it is not, 300 PGRST201 when it is in several ways
 */
export function findRelation(
  keys: readonly ForeignKey[],
  schema: string,
  parent: string,
  name: string,
  hint?: string,
): Relation {
  const isMeant = (key: ForeignKey) =>
    hint === undefined || key.name === hint || key.columns.includes(hint) || key.table === hint;
  const isNamed = (key: ForeignKey) =>
    key.refTable === name || key.name === name ||
    key.columns.length === 1 && key.columns[0] === name;
  const toOne = keys.filter((key) => key.table === parent && isNamed(key) && isMeant(key))
    .map((key): Relation => ({
      table: key.refTable,
      isOne: true,
      condition: (from, to) => joined(from, key.columns, to, key.refColumns),
    }));
  const toMany = keys.filter((key) => key.refTable === parent && key.table === name && isMeant(key))
    .map((key): Relation => ({
      table: key.table,
      isOne: false,
      condition: (from, to) => joined(to, key.columns, from, key.refColumns),
    }));
  const direct = [...toOne, ...toMany];
  const found = direct.length > 0
    ? direct
    : through(keys, schema, parent, name).filter(({ via }) => hint === undefined || hint === via);
  if (found.length === 1) return found[0]!;
  if (found.length > 1) {
    throw new DataApiError(
      300,
      "PGRST201",
      `${parent} and ${name} are related in several ways`,
      null,
      `Name the foreign key: ${name}!KEY(…)`,
    );
  }
  throw new DataApiError(
    400,
    "PGRST200",
    `There is no foreign key between ${parent} and ${name}`,
    null,
    "Check the name, or add the foreign key.",
  );
}

/** Many-to-many: a table that refers to both. */
function through(keys: readonly ForeignKey[], schema: string, parent: string, name: string) {
  return keys.filter(({ refTable }) => refTable === parent).flatMap((first) =>
    keys.filter((second) =>
      second.table === first.table && second.refTable === name && second.name !== first.name
    ).map((second) => ({
      via: first.table,
      table: name,
      isOne: false,
      condition: (from: string, to: string) =>
        `EXISTS (SELECT FROM ${quoteName(schema)}.${quoteName(first.table)} AS between WHERE ${
          joined("between", first.columns, from, first.refColumns)
        } AND ${joined("between", second.columns, to, second.refColumns)})`,
    }))
  );
}

function joined(
  left: string,
  leftColumns: readonly string[],
  right: string,
  rightColumns: readonly string[],
): string {
  return leftColumns.map((column, n) =>
    `${left}.${quoteName(column)} = ${right}.${quoteName(rightColumns[n]!)}`
  ).join(" AND ");
}

const FOREIGN_KEYS = `
SELECT k.conname AS name, c.relname AS table, r.relname AS "refTable",
  ARRAY(SELECT a.attname FROM unnest(k.conkey) WITH ORDINALITY AS u (n, p)
    JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = u.n ORDER BY u.p)::text[] AS columns,
  ARRAY(SELECT a.attname FROM unnest(k.confkey) WITH ORDINALITY AS u (n, p)
    JOIN pg_attribute a ON a.attrelid = k.confrelid AND a.attnum = u.n ORDER BY u.p)::text[] AS "refColumns"
FROM pg_constraint k
JOIN pg_class c ON c.oid = k.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_class r ON r.oid = k.confrelid JOIN pg_namespace m ON m.oid = r.relnamespace
WHERE k.contype = 'f' AND n.nspname = $1 AND m.nspname = $1
ORDER BY k.conname`;
