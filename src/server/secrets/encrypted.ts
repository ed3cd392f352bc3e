import type { Database } from "../database/client.ts";
import { qualifiedName, quoteName } from "../database/names.ts";

/** Whether anything in the database is encrypted with the keys of its data directory. */
export async function isEncrypting(database: Database): Promise<boolean> {
  const { rows: columns } = await database.query<Record<"schema" | "table" | "column", string>>(
    COLUMNS_SQL,
  );
  if (columns.length === 0) return false;
  const found = columns.map(({ schema, table, column }) =>
    `EXISTS (SELECT FROM ${qualifiedName(schema, table)} WHERE ${quoteName(column)} <> '')`
  );
  const { rows: [row] } = await database.query<{ some: boolean }>(
    `SELECT ${found.join(" OR ")} AS some`,
  );
  return row!.some;
}

/** Of the internal schemas, which a superuser owns. */
const COLUMNS_SQL = `
SELECT n.nspname AS schema, c.relname AS table, a.attname AS column
FROM pg_attribute a
JOIN pg_class c ON c.oid = a.attrelid
JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_roles r ON r.oid = n.nspowner AND r.rolsuper
WHERE n.nspname <> 'public' AND c.relkind = 'r'
  AND a.attname ~ '(ciphertext|encrypted)' AND a.atttypid = 'text'::regtype`;
