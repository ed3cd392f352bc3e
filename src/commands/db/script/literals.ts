/** Writes literals so that no backend stumbles over them (section 16.6 of the HTTP contract). */

/** What is read as one, whatever stands in it: comments, quoted names and literals. */
export const TOKEN = new RegExp(
  [
    String.raw`--[^\n]*`,
    String.raw`/\*[^]*?\*/`,
    String.raw`"(?:[^"]|"")*"`,
    String.raw`(?<![\w$])[eE]'(?:[^'\\]|''|\\[^])*'`,
    String.raw`'(?:[^']|'')*'`,
    String.raw`(?<![\w$])(\$(?:[A-Za-z_\x80-\uffff][\w\x80-\uffff]*)?\$)[^]*?\1`,
  ].join("|"),
  "g",
);
const WORD = /set_config/i;
const WORDS = /set_config/gi;

/**
 * The same statement, where that can be had, without the word `set_config`, which backends refuse
 * in whatever place, and without `\'`, behind which some of them look for the end of the literal.
 */
export function plainLiterals(sql: string): string {
  if (!sql.includes("\\'") && !WORD.test(sql)) return sql;
  return sql.replace(TOKEN, (token, tag?: string) => {
    if (/^[eE]'/.test(token)) return withoutWord(withDoubledQuotes(token));
    if (!WORD.test(token)) return token;
    if (/^(--|\/\*)/.test(token)) return token.replace(WORDS, "set config");
    if (token.startsWith("'")) return withoutWord(`E${token.replaceAll("\\", "\\\\")}`);
    if (!token.startsWith("$")) return token;
    const text = token.slice(tag!.length, -tag!.length);
    return withoutWord(`E'${text.replaceAll("\\", "\\\\").replaceAll("'", "''")}'`);
  });
}

const ESCAPING_TOKEN = new RegExp(
  TOKEN.source.replace("'(?:[^']|'')*'", String.raw`(?<![\w$])'(?:[^'\\]|''|\\[^])*'`),
  "g",
);

/**
 * The same statement for sessions in which backslashes escape in literals with an `E` alone:
 * dumps of PostgreSQL before 9.1 have them in all.
 */
export function escapedLiterals(sql: string): string {
  if (!sql.includes("\\")) return sql;
  return sql.replace(
    ESCAPING_TOKEN,
    (token) => token.startsWith("'") && token.includes("\\") ? `E${token}` : token,
  );
}

/** Whether backends would refuse it for that word. */
export function hasRefusedWord(sql: string): boolean {
  return WORD.test(sql);
}

/** In an escape string the underscore can be written by its code. */
function withoutWord(literal: string): string {
  return literal.replace(WORDS, (word) => `${word.slice(0, 3)}\\137${word.slice(4)}`);
}

function withDoubledQuotes(literal: string): string {
  return literal.replace(/\\([^])/g, (pair, escaped) => escaped === "'" ? "''" : pair);
}

/**
 * The same statement in a literal. Backends end a statement at any semicolon that stands outside of
 * quotes, also at those of a `BEGIN ATOMIC … END`.
 */
export function asOneLiteral(sql: string): string {
  const [outer, inner] = [literalTag(sql, "do"), literalTag(sql, "sql")];
  return `DO ${outer}BEGIN EXECUTE ${inner}${sql}${inner}; END${outer}`;
}

/** A tag of dollar quotes that the text does not have. */
export function literalTag(sql: string, name: string): string {
  let tag = `$${name}$`;
  for (let count = 1; sql.includes(tag); count++) tag = `$${name}${count}$`;
  return tag;
}
