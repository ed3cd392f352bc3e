/** Cuts a text so that the rows of its last statements are seen: backends show none of several. */
import { splitStatements, type Statement } from "./splitter.ts";

/** What may change rows, although the statement begins like one that reads. */
const WRITES = /\b(insert|update|delete|merge|into|nextval|setval)\b/i;
/** What leaves something in the session for the statements after it. */
const LEAVES_SOMETHING = /\b(temp|temporary|set|set_config|declare|prepare|lock)\b/i;

/**
 * The statements up to the last one that writes as one text, then each one that only reads as its
 * own. Every part keeps its lines, so that the place of an error is that in the whole. One part
 * where the text cannot be cut.
 */
export function cutTrailingReads(sql: string): string[] {
  const statements = splitStatements(sql);
  const cut = statements.findLastIndex((statement) => !isRead(statement)) + 1;
  const before = joined(statements.slice(0, cut));
  if (statements.length < 2 || cut === statements.length || LEAVES_SOMETHING.test(before)) {
    return [sql];
  }
  const reads = statements.slice(cut).map(({ text, line }) => "\n".repeat(line - 1) + text);
  return before === "" ? reads : [before, ...reads];
}

function isRead({ text }: Statement): boolean {
  return /^\(*\s*(select|values|table|show|with|explain)\b/i.test(text) && !WRITES.test(text);
}

/** Statements as a text in which each is on its own line of the whole. */
function joined(statements: readonly Statement[]): string {
  let text = "";
  let lines = 1;
  for (const statement of statements) {
    const missing = "\n".repeat(Math.max(0, statement.line - lines));
    lines += missing.length + statement.text.split("\n").length - 1;
    text += `${missing}${text === "" || missing ? "" : " "}${statement.text};`;
  }
  return text;
}
