/** What Supabase's projects have otherwise than InsForge's. */

/** Extensions that a platform has for itself. */
export const OF_PLATFORMS = new Set([
  ...["pg_graphql", "pg_net", "pg_stat_statements", "pg_tle", "pgjwt", "pgsodium"],
  ...["supabase_vault", "wrappers"],
]);

/** Supabase has a schema for extensions; here they are in those that are searched. */
export function withoutExtensionSchema(sql: string): string {
  if (!/\bextensions"?\s*\./i.test(sql)) return sql;
  return sql
    // It comes of an extension that Supabase has from the start, and PostgreSQL has the same.
    .replace(/(?<![\w".])"?extensions"?\s*\.\s*"?uuid_generate_v4"?/gi, "gen_random_uuid")
    .replace(/(?<![\w".])"?extensions"?\s*\.\s*(?=["\w])/gi, "");
}

/** What the columns of `storage.objects` are called here. */
const STORAGE_COLUMNS: Readonly<Record<string, string>> = {
  bucket_id: "bucket",
  name: "key",
  // There it is a uuid.
  owner: "uploaded_by::uuid",
  owner_id: "uploaded_by",
};

const ON_OBJECTS = /\bON\s+"?storage"?\s*\.\s*"?objects"?(?![\w"])/i;
const STORAGE_COLUMN =
  /'(?:[^']|'')*'|(?<![\w".])((?:(?:"?storage"?\.)?"?objects"?\.)?)("?)(bucket_id|name|owner|owner_id)\2(?![\w"(.])/gi;

/** A policy on objects with their columns as they are called here; others as they are. */
export function withStorageColumns(sql: string): string {
  const on = ON_OBJECTS.exec(sql);
  if (!on) return sql;
  const end = on.index + on[0].length;
  const conditions = sql.slice(end).replace(
    STORAGE_COLUMN,
    (token, table: string | undefined, _quote, column: string | undefined) =>
      column ? `${table}${STORAGE_COLUMNS[column.toLowerCase()]}` : token,
  );
  return sql.slice(0, end) + conditions;
}

/** The buckets that a statement makes in Supabase's way, which no row alone makes here. */
export function bucketsMade(sql: string): string[] | undefined {
  const [, columns = "", rows = ""] =
    /^INSERT\s+INTO\s+"?storage"?\s*\.\s*"?buckets"?\s*\(([^)]*)\)\s*(?:VALUES\b)?([^]*)$/i
      .exec(sql) ?? [];
  if (!/(?<![\w])id(?![\w])/i.test(columns)) return undefined;
  return [...rows.matchAll(/\(\s*'((?:[^']|'')+)'/g)].map(([, name]) => name!);
}
