/** Values may be secrets, passwords and other people's data: what is noted of SQL holds none. */

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
