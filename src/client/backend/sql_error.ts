/** Errors of SQL: what PostgreSQL said, and where in the text. */
import { HttpError } from "../../core/errors.ts";
import type { SqlNotice } from "../../shared/contract/raw_sql.ts";
import type { SqlSyntaxError } from "../../shared/sql/parser.ts";
import { ExitCode } from "../../core/exit_codes.ts";
import { extensionHint } from "./extension_hint.ts";
import { noticeText } from "./notices.ts";
import { searchPathHint } from "./search_path_hint.ts";
import { hintForSqlState, sqlStateOf } from "./sql_state.ts";

/** What the local backend adds to an error; others send the message alone. */
interface SqlDetails {
  readonly sqlstate?: string;
  /** One-based, in characters of the whole text. */
  readonly position?: number;
  readonly detail?: string;
  readonly hint?: string;
  /** Of several statements, where there is no position: the one that failed. */
  readonly line?: number;
  readonly statement?: string;
  /** What the SQL had said before. */
  readonly notices?: readonly SqlNotice[];
}

const SYNTAX_ERROR = "42601";

/** What section 16.6 says in general of the statements that no backend runs. */
const REFUSED =
  "Roles, databases and the session's settings are the backend's own, and each text runs " +
  "as one transaction.";

/**
 * Adds SQLSTATE, the marked line, detail and hint to a refused query. Text that does not parse is a
 * general error, although backends answer it as they answer what is forbidden (section 16.6).
 */
export async function sqlError(error: HttpError, query: string): Promise<HttpError> {
  const { status, code, exitCode, facts } = error;
  let details = (facts.details ?? {}) as SqlDetails;
  let { message } = error;
  // Other backends than the local one send PostgreSQL's words alone, and of syntax not even those.
  const sqlstate = details.sqlstate ?? sqlStateOf(message);
  const isSyntax = sqlstate === SYNTAX_ERROR;
  if (isSyntax && details.position === undefined) {
    const found = await findSyntaxError(query);
    if (found) [message, details] = [found.message, { position: found.position }];
  }
  const missing = extensionHint(message) ??
    searchPathHint(message, details.statement ?? query) ?? wayAround(message, query);
  const excerpt = [
    ...(details.notices ?? []).map(noticeText),
    details.position === undefined ? failedStatement(details) : markedLine(query, details.position),
    details.detail && `Detail: ${details.detail}`,
    // PostgreSQL then speaks of the types of arguments.
    details.hint && !missing && `Hint: ${details.hint}`,
  ].filter(Boolean).join("\n");
  const isRefused = status === 403 && code === "FORBIDDEN" && sqlstate === undefined;
  // What the status alone suggests is wrong for what stands in the SQL.
  const hint = missing ??
    (sqlstate === undefined
      ? isRefused ? REFUSED : error.hint
      : details.hint
      ? undefined
      : hintForSqlState(sqlstate));
  return new HttpError(
    sqlstate ? `${message} (SQLSTATE ${sqlstate})` : message,
    status,
    code,
    // What the status alone says of text that does not parse is that it is forbidden.
    isSyntax ? ExitCode.general : exitCode,
    {
      hint,
      facts: sqlstate ? { ...facts, sqlstate } : facts,
      excerpt: excerpt || undefined,
      cause: error,
    },
  );
}

/** What to do, where the class of the error alone would suggest something else. */
function wayAround(message: string, query: string): string | undefined {
  if (/^must be owner of/i.test(message)) {
    return "It belongs to another role: what is the backend's own cannot be changed.";
  }
  const hasRows = /\bsyntax error\b/i.test(message) && /\bcopy\b[^;]*\bfrom\s+stdin\b/i.test(query);
  return hasRows ? "COPY with its rows is taken by: insforge db import FILE" : undefined;
}

function failedStatement({ line = 1, statement }: SqlDetails): string | undefined {
  if (statement === undefined) return undefined;
  return `Statement${line > 1 ? ` on line ${line}` : ""}: ${statement.replaceAll(/\s+/g, " ")}`;
}

/** What PostgreSQL's parser says of a text, where it is at hand and refuses the text. */
export async function findSyntaxError(query: string): Promise<SqlSyntaxError | undefined> {
  const { refusals } = await import("../../shared/sql/parser.ts");
  try {
    // InsForge's own last: what it says of newer SQL is of no use where that is not the matter.
    for (const grammar of [18, 15] as const) {
      const [refusal] = await refusals([query], grammar);
      if (refusal) return refusal;
    }
  } catch (error) {
    // Commands that are not given the parser's files do without.
    if (!(error instanceof Deno.errors.NotCapable)) throw error;
  }
  return undefined;
}

/** How much of a long line is shown around the mark. */
const SHOWN_COLUMNS = 72;

/** The line that holds the position, and a mark below the place. */
function markedLine(query: string, position: number): string | undefined {
  const characters = [...query];
  const index = Math.min(position, characters.length) - 1;
  if (index < 0) return undefined;
  const before = characters.slice(0, index).join("");
  const number = before.split("\n").length;
  const start = characters.lastIndexOf("\n", Math.max(0, index - 1)) + 1;
  const end = characters.indexOf("\n", index);
  const line = characters.slice(start, end === -1 ? undefined : end);
  const from = Math.max(0, index - start - SHOWN_COLUMNS / 2);
  const shown = line.slice(from, from + SHOWN_COLUMNS).join("").replaceAll("\t", " ");
  const label = `LINE ${number}: `;
  return `${label}${shown}\n${" ".repeat(label.length + index - start - from)}^`;
}
