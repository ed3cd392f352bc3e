import type { GetTableSchemaResponse } from "../../shared/contract/backend.ts";
import { ApiError } from "../http/api_error.ts";
import type { Transaction } from "./client.ts";
import { qualifiedName } from "./names.ts";

type Column = GetTableSchemaResponse["columns"][number];
type ForeignKey = NonNullable<GetTableSchemaResponse["foreignKeys"]>[number];

/**
 * The columns, foreign keys and row count of a table, undefined when there is none of that name
 * (contract section 6.2).
 */
export async function describeTable(
  transaction: Transaction,
  schema: string,
  table: string,
): Promise<GetTableSchemaResponse | undefined> {
  const { rows: columns } = await transaction.query<ColumnRow>(COLUMNS_SQL, [schema, table]);
  if (columns.length === 0 && !(await tableExists(transaction, schema, table))) return undefined;
  const { rows: keys } = await transaction.query<ForeignKey & { of: string }>(FOREIGN_KEYS_SQL, [
    schema,
    [table],
  ]);
  return {
    schemaName: schema,
    tableName: table,
    columns: columns.map(describeColumn),
    foreignKeys: keys.map(({ of: _, ...key }) => key),
    recordCount: await countRows(transaction, schema, table),
  };
}

export async function tableExists(
  transaction: Transaction,
  schema: string,
  table: string,
): Promise<boolean> {
  const { rows } = await transaction.query(
    "SELECT FROM pg_tables WHERE schemaname = $1 AND tablename = $2",
    [schema, table],
  );
  return rows.length > 0;
}

export async function countRows(
  transaction: Transaction,
  schema: string,
  table: string,
): Promise<number> {
  const { rows } = await transaction.query<{ count: string }>(
    `SELECT count(*) FROM ${qualifiedName(schema, table)}`,
  );
  return Number(rows[0]!.count);
}

/** Tables counted by one statement. */
const COUNTED_AT_ONCE = 200;

/** {@link countRows} of many tables of a schema, in their order. */
export async function countRowsOfAll(
  transaction: Transaction,
  schema: string,
  tables: readonly string[],
): Promise<number[]> {
  const counts: number[] = [];
  for (let start = 0; start < tables.length; start += COUNTED_AT_ONCE) {
    const counting = tables.slice(start, start + COUNTED_AT_ONCE).map((table, place) =>
      `SELECT ${place} AS place, count(*) FROM ${qualifiedName(schema, table)}`
    );
    const { rows } = await transaction.query<{ count: string }>(
      `SELECT count FROM (${counting.join(" UNION ALL ")}) AS counts ORDER BY place`,
    );
    counts.push(...rows.map(({ count }) => Number(count)));
  }
  return counts;
}

interface ColumnRow {
  columnName: string;
  sqlType: string;
  isArray: boolean;
  isNullable: boolean;
  isPrimaryKey: boolean;
  isUnique: boolean;
  default: string | null;
}

function describeColumn(
  { columnName, sqlType, isArray, isNullable, isPrimaryKey, isUnique, default: expression }:
    ColumnRow,
): Column {
  return {
    columnName,
    type: isArray ? "json" : columnType(sqlType),
    isNullable,
    isPrimaryKey,
    isUnique,
    ...(expression === null ? {} : { defaultValue: withoutCast(expression) }),
  };
}

const COLUMN_TYPES: Record<string, string> = {
  text: "string",
  "character varying": "string",
  character: "string",
  "timestamp with time zone": "datetime",
  date: "date",
  smallint: "integer",
  integer: "integer",
  bigint: "integer",
  real: "float",
  "double precision": "float",
  numeric: "float",
  boolean: "boolean",
  uuid: "uuid",
  json: "json",
  jsonb: "json",
};

/** The contract's name of a type; what it has none for is the SQL name, cut to eight characters. */
function columnType(sqlType: string): string {
  return COLUMN_TYPES[sqlType] ?? sqlType.slice(0, 8);
}

function withoutCast(expression: string): string {
  return expression.replace(/::[a-z_"][\w\s".]*(\(\d+(,\d+)?\))?(\[\])*$/i, "");
}

const COLUMNS_SQL = `
SELECT a.attname AS "columnName", NOT a.attnotnull AS "isNullable",
  CASE WHEN tn.nspname = 'pg_catalog' THEN format_type(t.oid, NULL) ELSE t.typname::text END AS "sqlType",
  t.typcategory = 'A' AS "isArray",
  EXISTS (
    SELECT FROM pg_index x WHERE x.indrelid = c.oid AND x.indisprimary AND a.attnum = ANY (x.indkey)
  ) AS "isPrimaryKey",
  EXISTS (
    SELECT FROM pg_index x
    WHERE x.indrelid = c.oid AND a.attnum = ANY (x.indkey) AND x.indpred IS NULL
      AND (x.indisprimary OR x.indisunique AND x.indnkeyatts = 1)
  ) AS "isUnique",
  CASE WHEN a.attgenerated = '' THEN pg_get_expr(d.adbin, d.adrelid) END AS "default"
FROM pg_class c
JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
JOIN pg_type declared ON declared.oid = a.atttypid
JOIN pg_type t ON t.oid = CASE declared.typtype WHEN 'd' THEN declared.typbasetype ELSE declared.oid END
JOIN pg_namespace tn ON tn.oid = t.typnamespace
LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
WHERE n.nspname = $1 AND c.relname = $2 AND c.relkind IN ('r', 'p')
ORDER BY a.attnum`;

/** Foreign keys of the tables $2 in schema $1, in the shape of the contract. */
export const FOREIGN_KEYS_SQL = `
SELECT c.relname AS of, k.conname AS "constraintName",
  CASE WHEN rn.nspname = 'public' THEN r.relname::text ELSE rn.nspname || '.' || r.relname END AS "referenceTable",
  (
    SELECT jsonb_agg(
      jsonb_build_object('sourceColumn', source.attname, 'referenceColumn', target.attname) ORDER BY pair.position)
    FROM unnest(k.conkey, k.confkey) WITH ORDINALITY AS pair (source, target, position)
    JOIN pg_attribute source ON source.attrelid = k.conrelid AND source.attnum = pair.source
    JOIN pg_attribute target ON target.attrelid = k.confrelid AND target.attnum = pair.target
  ) AS "referenceColumns",
  CASE k.confdeltype WHEN 'c' THEN 'CASCADE' WHEN 'n' THEN 'SET NULL' WHEN 'd' THEN 'SET DEFAULT'
    WHEN 'r' THEN 'RESTRICT' ELSE 'NO ACTION' END AS "onDelete",
  CASE k.confupdtype WHEN 'c' THEN 'CASCADE' WHEN 'n' THEN 'SET NULL' WHEN 'd' THEN 'SET DEFAULT'
    WHEN 'r' THEN 'RESTRICT' ELSE 'NO ACTION' END AS "onUpdate"
FROM pg_constraint k
JOIN pg_class c ON c.oid = k.conrelid
JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_class r ON r.oid = k.confrelid
JOIN pg_namespace rn ON rn.oid = r.relnamespace
WHERE k.contype = 'f' AND n.nspname = $1 AND c.relname = ANY ($2::text[])
ORDER BY k.conname`;

/** The refusal of a table that is not there. */
export function tableNotFound(table: string): ApiError {
  return new ApiError(
    404,
    "DATABASE_NOT_FOUND",
    `There is no table "${table}"`,
    "GET /api/database/tables lists the tables; POST /api/database/tables makes one.",
  );
}
