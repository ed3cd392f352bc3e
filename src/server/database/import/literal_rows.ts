/** Rows of an INSERT that are literals alone: nothing in them that PostgreSQL's grammar could refuse. */

const PART = String.raw`(?:"(?:[^"]|"")+"|[A-Za-z_\x80-\uffff][\w$\x80-\uffff]*)`;
const HEAD = new RegExp(
  String
    .raw`^INSERT\s+INTO\s+${PART}(?:\.${PART})?\s*(?:\(\s*${PART}(?:\s*,\s*${PART})*\s*\)\s*)?` +
    String.raw`(?:OVERRIDING\s+(?:SYSTEM|USER)\s+VALUE\s+)?VALUES(?=[\s(])`,
  "i",
);
const TOKEN =
  /\s*(?:([(),])|(')|([eE]')|(?:NULL|DEFAULT|TRUE|FALSE|[-+]?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?)(?=[\s,)]))/iy;

/** Shorter statements cost the parser nothing that is worth a look. */
const LEAST_LENGTH = 2_000;

/**
 * An INSERT of many literal rows as one of its first row: it parses, and is refused, for the same
 * reasons. Any other statement as it is. The parser makes a tree of every value, which takes longer
 * than all else that an import does here.
 */
export function withFirstRowOnly(sql: string): string {
  if (sql.length < LEAST_LENGTH) return sql;
  const head = HEAD.exec(sql)?.[0];
  if (head === undefined) return sql;
  let at = head.length;
  let firstRowEnd: number | undefined;
  let expected: "row" | "value" | "behind value" | "behind row" = "row";
  while (at < sql.length) {
    TOKEN.lastIndex = at;
    const [token, mark, quote, escapes] = TOKEN.exec(sql) ?? [];
    if (token === undefined) return sql;
    at += token.length;
    if (mark === undefined) {
      if (expected !== "value") return sql;
      expected = "behind value";
      if (quote) at = endOfText(sql, at);
      else if (escapes) at = endOfEscapes(sql, at);
      if (at === 0) return sql;
    } else if (mark === "(" && expected === "row") expected = "value";
    else if (mark === "," && expected === "behind value") expected = "value";
    else if (mark === "," && expected === "behind row") expected = "row";
    else if (mark === ")" && expected === "behind value") {
      expected = "behind row";
      firstRowEnd ??= at;
    } else return sql;
  }
  return expected === "behind row" ? sql.slice(0, firstRowEnd) : sql;
}

/** Behind the quote that ends a literal; 0 where none does. */
function endOfText(sql: string, at: number): number {
  let end = sql.indexOf("'", at);
  while (end !== -1 && sql[end + 1] === "'") end = sql.indexOf("'", end + 2);
  return end + 1;
}

function endOfEscapes(sql: string, at: number): number {
  const mark = /'|\\/g;
  mark.lastIndex = at;
  for (let found = mark.exec(sql); found; found = mark.exec(sql)) {
    const isPair = found[0] === "\\" || sql[found.index + 1] === "'";
    if (!isPair) return found.index + 1;
    mark.lastIndex = found.index + 2;
  }
  return 0;
}
