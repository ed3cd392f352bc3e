import type { Transaction } from "../client.ts";
import { qualifiedName, quoteName } from "../names.ts";

/** The first rows of a table of schema `public`, in the encoding of contract section 6.1. */
export async function readRows(
  transaction: Transaction,
  table: string,
  limit: number,
): Promise<Record<string, unknown>[]> {
  const sql = `SELECT * FROM ${qualifiedName("public", table)} LIMIT ${limit}`;
  return (await transaction.query(sql)).rows;
}

/** The first rows of a table of schema `public` as one INSERT each, exact in every type. */
export async function readInserts(
  transaction: Transaction,
  table: string,
  limit: number,
): Promise<string[]> {
  const { rows: columns } = await transaction.query<{ name: string }>(COLUMNS_SQL, [table]);
  if (columns.length === 0) return [];
  const names = columns.map(({ name }) => quoteName(name));
  const values = names.map((name) => `quote_nullable(${name}::text)`).join(", ");
  const { rows } = await transaction.query<{ values: string }>(
    `SELECT array_to_string(ARRAY[${values}], ', ') AS values
     FROM ${qualifiedName("public", table)} LIMIT ${limit}`,
  );
  const start = `INSERT INTO ${quoteName(table)} (${names.join(", ")})`;
  return rows.map(({ values }) => `${start} VALUES (${values});`);
}

const COLUMNS_SQL = `
SELECT attname AS name FROM pg_attribute
WHERE attrelid = format('public.%I', $1::text)::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = ''
ORDER BY attnum`;
