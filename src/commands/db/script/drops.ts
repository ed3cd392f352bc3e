/**
 * What `pg_dump --clean` removes before it makes anything: psql goes on where it is not there, and
 * an import is one transaction, which the first error ends.
 */

const KINDS = [
  ...["ACCESS METHOD", "AGGREGATE", "CAST", "COLLATION", "CONVERSION", "DOMAIN"],
  ...["FUNCTION", "INDEX", "MATERIALIZED VIEW", "OPERATOR CLASS", "OPERATOR FAMILY", "OPERATOR"],
  ...["POLICY", "PROCEDURE", "RULE", "SCHEMA", "SEQUENCE", "STATISTICS", "TABLE"],
  ...["TEXT SEARCH CONFIGURATION", "TEXT SEARCH DICTIONARY", "TRIGGER", "TYPE", "VIEW"],
].join("|").replaceAll(" ", String.raw`\s+`);

const FORMS: readonly (readonly [RegExp, string])[] = [
  [new RegExp(String.raw`^DROP\s+(${KINDS})\s+(?!IF\s+EXISTS\b)`, "i"), "DROP $1 IF EXISTS "],
  [
    /^ALTER\s+TABLE\s+(?:IF\s+EXISTS\s+)?([^]*\s)DROP\s+CONSTRAINT\s+(?!IF\s+EXISTS\b)/i,
    "ALTER TABLE IF EXISTS $1DROP CONSTRAINT IF EXISTS ",
  ],
  [
    /^ALTER\s+TABLE\s+(?!IF\s+EXISTS\b)([^]*\sALTER\s+COLUMN\s[^]*\sDROP\s+DEFAULT\s*)$/i,
    "ALTER TABLE IF EXISTS $1",
  ],
  [
    /^SELECT\s+(pg_catalog\.)?lo_unlink\s*\(\s*'?(\d+)'?\s*\)$/i,
    "SELECT $1lo_unlink(oid) FROM pg_catalog.pg_largeobject_metadata WHERE oid = '$2'",
  ],
];

/** A statement that removes something, so that it may be missing; others are as they were. */
export function withIfExists(sql: string): string {
  return FORMS.reduce((text, [pattern, forgiving]) => text.replace(pattern, forgiving), sql);
}

/** Whether a statement is one that every file of pg_dump begins with, and hardly another file. */
export function beginsDump(sql: string): boolean {
  return /^SET\s+check_function_bodies\s*=\s*false$/i.test(sql);
}
