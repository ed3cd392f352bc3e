/** Values may be secrets, passwords and other people's data: what is logged of SQL holds none. */
import { DatabaseError } from "../http/api_error.ts";

const MOST_READ = 2000;
const MOST_SHOWN = 500;

const COMMENT = /--[^\n]*(?:\n|$)/.source;
const ESCAPED = /'(?:[^'\\]|\\(?:[^]|$)|'')*(?:'|$)/.source;
const LETTER = "[A-Za-z_\\x80-\\uffff]";
const PART = "[\\w\\x80-\\uffff]";

/** The tokens of PostgreSQL's lexical rules, as far as they tell values from names. */
const TOKEN = new RegExp(
  [
    `(?<blank>\\s+|${COMMENT})`,
    "(?<comment>/\\*)",
    // A string goes on, by the same rules, in the quotes behind it.
    `(?<escaped>[eE]${ESCAPED}(?:(?:\\s|${COMMENT})*${ESCAPED})*)`,
    "(?<text>(?:[uU]&|[bBxXnN])?'(?:[^']|'')*(?:'|$))",
    '(?<name>(?:[uU]&)?"(?:[^"]|"")*"|\\$\\d+|' + `${LETTER}(?:${PART}|\\$)*)`,
    `(?<dollar>\\$(?:${LETTER}${PART}*)?\\$)`,
    "(?<number>\\.?\\d[\\w.]*)",
    '(?<open>")',
    "(?<other>[^])",
  ].join("|"),
  "y",
);

/**
 * A statement in one line, with its names and parameters, and `…` for every literal; comments stay
 * out.
 */
export function statementWithoutValues(sql: string): string {
  const text = sql.slice(0, MOST_READ);
  let shown = "";
  let at = 0;
  while (at < text.length) {
    TOKEN.lastIndex = at;
    const token = TOKEN.exec(text)!;
    const { blank, comment, escaped, text: quoted, dollar, number, open } = token.groups!;
    at += token[0].length;
    if (blank) shown += " ";
    else if (comment) at = endOfComment(text, at);
    else if (escaped) shown += "'…'";
    else if (quoted) {
      shown += "'…'";
      // Whether the backslash hides the quote is a setting of the session: what follows may be a
      // value.
      if (quoted.includes("\\'")) return finished(`${shown} …`);
    } else if (dollar) {
      const end = text.indexOf(dollar, at);
      at = end === -1 ? text.length : end + dollar.length;
      shown += "$$…$$";
    } else if (number) shown += "…";
    else if (open) return finished(`${shown}…`);
    else shown += token[0];
  }
  return finished(shown);
}

function finished(shown: string): string {
  return shown.replaceAll(/\s+/g, " ").trim().slice(0, MOST_SHOWN);
}

function endOfComment(text: string, at: number): number {
  const mark = /\/\*|\*\//g;
  mark.lastIndex = at;
  for (let depth = 1; depth > 0;) {
    const found = mark.exec(text);
    if (!found) return text.length;
    depth += found[0] === "/*" ? 1 : -1;
  }
  return mark.lastIndex;
}

/**
 * SQLSTATEs, or classes of them, whose messages name constraints, tables and columns, and nothing
 * else.
 */
const NAMES_ONLY = /^(23|25|40|42501|55006|55P03|57014)/;
/** What PostgreSQL writes between two names. */
const BETWEEN_NAMES = /" (?:of|for|on) (?:relation|table) "/;

/**
 * What an error says, with `…` for whatever may be a value. An error that is not the database's is
 * taken by its code, where it has one.
 * @param sql what failed: the names in it may be shown
 */
export function messageWithoutValues(error: Error, sql = ""): string {
  if (!(error instanceof DatabaseError)) {
    return "code" in error ? String(error.code) : error.message;
  }
  const { message, sqlstate, routine } = error.fields;
  if (routine === "exec_stmt_raise") return "raised by a function of the database";
  return NAMES_ONLY.test(sqlstate) ? message : textWithoutValues(message, sql);
}

/**
 * A message of PostgreSQL in which a value stands in quotes, which it may hold itself, or is a
 * number.
 */
export function textWithoutValues(message: string, sql: string): string {
  const statement = statementWithoutValues(sql);
  const isNamed = (name: string) =>
    /^[\w.$\x80-\uffff]+$/.test(name) && tokensOf(statement).has(name.toLowerCase());
  return message.replace(/"([^]*)"/, (quoted, inner: string) => {
    return inner.split(BETWEEN_NAMES).every(isNamed) ? quoted : '"…"';
  }).replaceAll(/(?<![\w"$.])\d\w*/g, "…");
}

function tokensOf(statement: string): Set<string> {
  const words = statement.toLowerCase().match(/[\w$\x80-\uffff]+(?:\.[\w$\x80-\uffff]+)*/g) ?? [];
  return new Set(words);
}

/** The columns of the key that a detail such as `Key (email)=(a@b) already exists` tells of. */
export function keyColumnsOf(detail: string | undefined): string | undefined {
  return /^Key (\([\w", ]+\))=\(/.exec(detail ?? "")?.[1];
}
