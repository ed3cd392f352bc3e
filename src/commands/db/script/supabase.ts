/** What Supabase's projects have otherwise than InsForge's. */
import { NAME } from "./names.ts";

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
  path_tokens: "(string_to_array(key, '/'))",
};

const OBJECTS = /^"?storage"?\s*\.\s*"?objects"?$/i;
const ON_OBJECTS = /\bON\s+"?storage"?\s*\.\s*"?objects"?(?![\w"])/i;
const STORAGE_COLUMN =
  /'(?:[^']|'')*'|(?<![\w".])((?:(?:"?storage"?\.)?"?objects"?\.)?)("?)(bucket_id|name|owner|owner_id|path_tokens)\2(?![\w"(.])/gi;

/** Whether a table, by its name as SQL writes it, has a column. */
export type HasColumn = (table: string, column: string) => boolean;

/**
 * A policy on objects with their columns as they are called here; others as they are. In a query
 * within it, a bare name is first one of the tables that are read there.
 */
export function withStorageColumns(sql: string, hasColumn: HasColumn): string {
  const on = ON_OBJECTS.exec(sql);
  if (!on) return sql;
  const end = on.index + on[0].length;
  const given = sql.slice(end);
  const queries = queriesIn(given);
  const conditions = given.replace(
    STORAGE_COLUMN,
    (token: string, table: string | undefined, _quote, column: string | undefined, at: number) => {
      if (!column) return token;
      const name = column.toLowerCase();
      const around = table ? [] : queries.filter(({ from, to }) => from < at && at < to);
      const read = around.flatMap(({ tables }) => tables);
      if (read.some((other) => hasColumn(other, name))) return token;
      const isOutside = around.length > 0 && !read.some((other) => OBJECTS.test(other));
      const owner = isOutside ? "objects." : table;
      return STORAGE_COLUMNS[name]!.replace(/\bkey\b|^(?!\()/, (start) => `${owner}${start}`);
    },
  );
  return sql.slice(0, end) + conditions;
}

/** A query in brackets, from where to where it stands, and the tables that it reads. */
interface Query {
  readonly from: number;
  readonly to: number;
  readonly tables: readonly string[];
}

const BRACKETS = /'(?:[^']|'')*'|"(?:[^"]|"")*"|([()])/g;
const READ_TABLE = new RegExp(String.raw`\b(?:FROM|JOIN)\s+(?:ONLY\s+)?(${NAME})`, "gi");

function queriesIn(sql: string): Query[] {
  const queries: Query[] = [];
  const open: number[] = [];
  for (const { 1: bracket, index } of sql.matchAll(BRACKETS)) {
    if (bracket === "(") open.push(index);
    const from = bracket === ")" ? open.pop() : undefined;
    if (from === undefined) continue;
    const text = sql.slice(from + 1, index);
    if (!/^\s*(?:SELECT|WITH)\b/i.test(text)) continue;
    const tables = [...text.matchAll(READ_TABLE)].map(([, table]) => table!);
    queries.push({ from, to: index, tables });
  }
  return queries;
}

/** What to do where a statement refers to an object by the number that Supabase gives it. */
export function objectsHint(message: string, statement: string): string | undefined {
  if (!/^column "?(?:\w+\.)?id"? /.test(message)) return undefined;
  return /\bstorage"?\s*\.\s*"?objects\b/i.test(statement)
    ? "storage.objects has no id here: refer to an object by its bucket and its key, as in " +
      "FOREIGN KEY (bucket, key) REFERENCES storage.objects (bucket, key)"
    : undefined;
}

/** A bucket of Supabase's. */
export interface Bucket {
  readonly name: string;
  /** There a bucket is private unless it says otherwise. */
  readonly isPublic: boolean;
}

const INTO_BUCKETS =
  /^INSERT\s+INTO\s+"?storage"?\s*\.\s*"?buckets"?\s*\(([^)]*)\)\s*([^]*?)\s*(?:\bON\s+CONFLICT\b[^]*)?$/i;
const ROW = /\(((?:'(?:[^']|'')*'|\([^()]*\)|[^'()])*)\)/g;
const FIELD = /(?:'(?:[^']|'')*'|\[[^\]]*\]|\([^)]*\)|[^',[(])+/g;

/** The buckets that a statement makes in Supabase's way, which no row alone makes here. */
export function bucketsMade(sql: string): Bucket[] | undefined {
  const [, list, given = ""] = INTO_BUCKETS.exec(sql) ?? [];
  const columns = list?.split(",").map((name) => name.replaceAll('"', "").trim().toLowerCase());
  if (!columns?.includes("id")) return undefined;
  const [, selected] = /^SELECT\b([^]*?)(?:\b(?:FROM|WHERE)\b[^]*)?$/i.exec(given) ?? [];
  const rows = selected === undefined
    ? [...given.matchAll(ROW)].map(([, row]) => row!)
    : [selected];
  return rows.flatMap((row) => {
    const fields = [...row.matchAll(FIELD)].map(([field]) => field.trim());
    const [, name] = /^'((?:[^']|'')+)'/.exec(fields[columns.indexOf("id")] ?? "") ?? [];
    const isPublic = /^'?t(?:rue)?\b/i.test(fields[columns.indexOf("public")] ?? "");
    return name === undefined ? [] : [{ name: name.replaceAll("''", "'"), isPublic }];
  });
}

/** The name of the secret that a statement puts into Supabase's vault; "" where it has none. */
export function vaultSecret(sql: string): string | undefined {
  const [, given] = /^SELECT\s+"?vault"?\s*\.\s*"?create_secret"?\s*\(([^]*)\)/i.exec(sql) ?? [];
  if (given === undefined) return undefined;
  const [, name = ""] = [...given.matchAll(FIELD)].map(([field]) => field.trim());
  return /^(?:new_name\s*(?:=>|:=)\s*)?'([^']*)'/i.exec(name)?.[1] ?? "";
}

/** Schemas that Supabase keeps to itself. */
const PLATFORM = new Set([
  ...["_analytics", "_realtime", "auth", "extensions", "graphql", "graphql_public", "net"],
  ...["pgbouncer", "pgsodium", "pgsodium_masks", "realtime", "storage", "supabase_functions"],
  ...["supabase_migrations", "vault"],
]);

/** What is done in its way alone: tables, and columns by which that is told. */
const ITS_WAY = [
  /^(?:COPY|INSERT\s+INTO)\s+"?auth"?\s*\.\s*"?(?:audit_log_entries|flow_state|identities|instances|mfa_\w+|one_time_tokens|refresh_tokens|saml_\w+|sessions|sso_\w+|users"?\s*\([^)]*\binstance_id\b)/i,
  /^(?:COPY|INSERT\s+INTO)\s+"?storage"?\s*\.\s*"?(?:migrations|prefixes|s3_multipart_\w+|objects"?\s*\([^)]*\bbucket_id\b)/i,
  /^(?:COPY|INSERT\s+INTO)\s+"?(?:supabase_functions|supabase_migrations|vault)"?\s*\./i,
  /^(?:CREATE|ALTER|DROP)\s+POLICY\s+(?:"(?:[^"]|"")*"|[\w\s])+?\s*\bON\s+"?storage"?\s*\.\s*"?buckets\b/i,
  /^(?:UPDATE|DELETE\s+FROM)\s+"?storage"?\s*\.\s*"?buckets\b[^]*\b(?:id|file_size_limit|allowed_mime_types)\b/i,
  /^COPY\s+"?storage"?\s*\.\s*"?buckets"?\s*\([^)]*\bid\b/i,
];

/** Whether a statement begins what only a dump of the whole platform has: its own schemas. */
export function makesPlatform(sql: string): boolean {
  return /^CREATE\s+SCHEMA\s+"?(?:auth|storage)"?$/i.test(sql);
}

/** Whether a statement is about tables as Supabase has them and no other backend. */
export function isInSupabasesWay(sql: string): boolean {
  return /^[ACDIU]/i.test(sql) && ITS_WAY.some((pattern) => pattern.test(sql));
}

const SCHEMA_STATEMENT =
  /^(?:(?:CREATE|ALTER|DROP|COMMENT\s+ON)\s+SCHEMA\s+(?:IF\s+(?:NOT\s+)?EXISTS\s+)?|(?:GRANT|REVOKE)\b[^]*?\bON\s+SCHEMA\s+)"?(\w+)/i;
const SETVAL = /^SELECT\s+(?:pg_catalog\.)?setval\s*\(\s*'"?(\w+)"?\./i;
const QUALIFIED = /'(?:[^']|'')*'|"\w*[^\w"][^"]*"|(?<![\w"$.])"?(\w+)"?\s*\.\s*["\w]/g;

/**
 * Whether an object of the platform is what a statement of its dump makes, changes or fills. What a
 * project adds to them is none: policies on objects, and triggers with functions of its own.
 */
export function isOfPlatform(sql: string): boolean {
  if (/^CREATE\s+POLICY\b/i.test(sql) && ON_OBJECTS.test(sql)) return false;
  if (/^CREATE\s+(?:CONSTRAINT\s+)?TRIGGER\b/i.test(sql)) {
    const [, schema] = /\bEXECUTE\s+(?:FUNCTION|PROCEDURE)\s+"?(\w+)"?\s*\./i.exec(sql) ?? [];
    return schema !== undefined && PLATFORM.has(schema);
  }
  const [, named] = SCHEMA_STATEMENT.exec(sql) ?? SETVAL.exec(sql) ?? [];
  const first = named ?? sql.slice(0, 2_000).matchAll(QUALIFIED).find(([, schema]) => schema)?.[1];
  return first !== undefined && PLATFORM.has(first);
}
