/** Errors of SQL: what PostgreSQL said, and where in the text. */
import { HttpError } from "../../core/errors.ts";
import { ExitCode } from "../../core/exit_codes.ts";

/** What the local backend adds to an error; others send the message alone. */
interface SqlDetails {
  readonly sqlstate?: string;
  /** One-based, in characters of the whole text. */
  readonly position?: number;
  readonly detail?: string;
  readonly hint?: string;
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
export function sqlError(error: HttpError, query: string): HttpError {
  const details = (error.facts.details ?? {}) as SqlDetails;
  const isSyntax = details.sqlstate === SYNTAX_ERROR || /\bsyntax error\b/i.test(error.message);
  const excerpt = [
    details.position === undefined ? undefined : markedLine(query, details.position),
    details.detail && `Detail: ${details.detail}`,
    details.hint && `Hint: ${details.hint}`,
  ].filter(Boolean).join("\n");
  const { status, message, code, exitCode, facts } = error;
  // What the status alone suggests is wrong for what stands in the SQL.
  const isSql = isSyntax || details.sqlstate !== undefined;
  const isRefused = status === 403 && code === "FORBIDDEN" && !isSql;
  const said = facts.nextActions as string | undefined;
  const hint = isSql ? said : isRefused ? said ?? REFUSED : error.hint;
  const text = details.sqlstate ? `${message} (SQLSTATE ${details.sqlstate})` : message;
  return new HttpError(text, status, code, isSyntax ? ExitCode.general : exitCode, {
    hint,
    facts,
    excerpt: excerpt || undefined,
    cause: error,
  });
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
