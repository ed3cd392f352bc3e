/**
 * Rows of an INSERT that are literals alone: nothing in them that PostgreSQL's grammar could
 * refuse.
 */

const PART = String.raw`(?:"(?:[^"]|"")+"|[A-Za-z_\x80-\uffff][\w$\x80-\uffff]*)`;
const HEAD = new RegExp(
  String
    .raw`^INSERT\s+INTO\s+(${PART}(?:\.${PART})?)\s*(?:\(\s*${PART}(?:\s*,\s*${PART})*\s*\)\s*)?` +
    String.raw`(?:OVERRIDING\s+(?:SYSTEM|USER)\s+VALUE\s+)?VALUES(?=[\s(])`,
  "i",
);
const TOKEN =
  /\s*(?:([(),])|(')|([eE]')|(?:NULL|DEFAULT|TRUE|FALSE|[-+]?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?)(?=[\s,)]))/iy;

/** Shorter statements cost the parser nothing that is worth a look. */
const LEAST_LENGTH = 2_000;

/** An INSERT of literal rows. */
export interface LiteralRows {
  /** The statement up to its first row. */
  readonly head: string;
  /** The table's name as it is written. */
  readonly table: string;
  readonly rows: number;
  /** How many values the first row has. */
  readonly width: number;
  /** Where the first row ends. */
  readonly firstRowEnd: number;
}

/**
 * Takes an INSERT apart whose rows are literals, and all that it has; undefined for others.
 * @param like what it may begin with, as another one did
 */
export function literalRows(
  sql: string,
  like?: Pick<LiteralRows, "head" | "table">,
): LiteralRows | undefined {
  const isLike = like !== undefined && sql.startsWith(like.head);
  const [head, table] = isLike ? [like.head, like.table] : HEAD.exec(sql) ?? [];
  if (head === undefined || table === undefined) return undefined;
  let at = head.length;
  let firstRowEnd = 0;
  let rows = 0;
  let width = 1;
  let expected: "row" | "value" | "behind value" | "behind row" = "row";
  while (at < sql.length) {
    TOKEN.lastIndex = at;
    const [token, mark, quote, escapes] = TOKEN.exec(sql) ?? [];
    if (token === undefined) return undefined;
    at += token.length;
    if (mark === undefined) {
      if (expected !== "value") return undefined;
      expected = "behind value";
      if (quote) at = endOfText(sql, at);
      else if (escapes) at = endOfEscapes(sql, at);
      if (at === 0) return undefined;
    } else if (mark === "(" && expected === "row") expected = "value";
    else if (mark === "," && expected === "behind value") {
      expected = "value";
      if (rows === 0) width++;
    } else if (mark === "," && expected === "behind row") expected = "row";
    else if (mark === ")" && expected === "behind value") {
      expected = "behind row";
      if (rows++ === 0) firstRowEnd = at;
    } else return undefined;
  }
  return expected === "behind row" ? { head, table, rows, width, firstRowEnd } : undefined;
}

/**
 * An INSERT of many literal rows as one of its first row: it parses, and is refused, for the same
 * reasons. Any other statement as it is. The parser makes a tree of every value, which takes longer
 * than all else that an import does here.
 */
export function withFirstRowOnly(sql: string): string {
  if (sql.length < LEAST_LENGTH) return sql;
  return sql.slice(0, literalRows(sql)?.firstRowEnd);
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
