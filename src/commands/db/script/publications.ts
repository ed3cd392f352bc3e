/** Publications, which feed what replicates: blocks of code go on without them. */

const STATEMENT = String.raw`(?:ALTER|CREATE|DROP)\s+PUBLICATION\b`;
const TEXT = String.raw`'(?:[^']|'')*'`;
const STATEMENTS = new RegExp(
  [
    // What says nothing of them, whatever stands in it.
    String.raw`(--[^\n]*|/\*[^]*?\*/)`,
    String.raw`\bEXECUTE\s+(?:(?:pg_catalog\s*\.\s*)?format\s*\(\s*)?'\s*${STATEMENT}` +
    String.raw`(?:[^']|'')*'(?:${TEXT}|[^;'])*;`,
    String.raw`\b${STATEMENT}(?:${TEXT}|[^;'])*;`,
    `(${TEXT})`,
  ].join("|"),
  "gi",
);

/** A `DO` whose code does nothing where it was about publications; others as they are. */
export function withoutPublications(sql: string): string {
  if (!/^DO\b/i.test(sql) || !/\bPUBLICATION\b/i.test(sql)) return sql;
  return sql.replace(
    STATEMENTS,
    (token, comment?: string, text?: string) => comment ?? text ?? `NULL;${lineBreaksOf(token)}`,
  );
}

/** So that what follows stays on its line. */
function lineBreaksOf(text: string): string {
  return text.replace(/[^\n]+/g, "");
}
