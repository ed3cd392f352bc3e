/** Errors of an import: where in the file it failed, and what of it is there all the same. */
import { type CliError, HttpError, OperationError } from "../../../core/errors.ts";
import { ExitCode } from "../../../core/exit_codes.ts";
import { extensionHint } from "../../../client/backend/extension_hint.ts";
import { searchPathHint } from "../../../client/backend/search_path_hint.ts";
import { sqlStateOf } from "../../../client/backend/sql_state.ts";
import { formatBytes } from "../../../terminal/bytes.ts";
import type { ForeignTables } from "./foreign.ts";
import { WAYS_OVER } from "./plan.ts";
import { objectsHint } from "./supabase.ts";
import { excerptOf } from "./translate.ts";

/** What backends tell of the statement that failed, if they do. */
interface Details {
  readonly line?: number;
  readonly statement?: string;
  readonly sqlstate?: string;
  readonly detail?: string;
  readonly hint?: string;
}

/** Where a statement stands in the file. */
export interface Place {
  readonly line: number;
  readonly statement: string;
  /** What is wrong with it, where the backend does not say. */
  readonly message?: string;
}

/** What was sent when it failed. */
export interface Sent {
  /** The length of the file. */
  readonly bytes: number;
  /** The line of the file on which the text begins that was sent. */
  readonly firstLine: number;
  /**
   * Looks for the statement that failed: where the backend does not name it, and where it names the
   * first line of many.
   */
  readonly locate: (error: HttpError, line?: number) => Promise<Place | undefined>;
  /** The line up to which the file was imported before. */
  readonly importedUpTo?: number;
  /** The extensions that were left out, as the backend does not have them. */
  readonly missingExtensions: ReadonlySet<string>;
  /** Those that were left out. */
  readonly foreign: ForeignTables;
}

const SYNTAX_ERROR = "42601";
/** What is there already: a schema, a function, a table, another object. */
const DUPLICATES = new Set(["42P06", "42723", "42P07", "42710"]);

/**
 * `pg_dump --clean` drops the keys of partitions one by one, which PostgreSQL refuses; `db import`
 * with the same option drops the tables first.
 */
const PARTITIONS_KEY = /^cannot drop inherited constraint /;

/** The error with its place in the file. */
export async function importFailure(error: unknown, sent: Sent): Promise<unknown> {
  if (!(error instanceof HttpError)) return error;
  if (error.status === 413) return tooLarge(error, sent.bytes);
  const details = (error.facts.details ?? {}) as Details;
  const line = details.line === undefined ? undefined : details.line + sent.firstLine - 1;
  const place = await sent.locate(error, line) ??
    (line === undefined ? undefined : { line, statement: details.statement ?? "" });
  return withPlace(error, details, place, sent);
}

function withPlace(
  error: HttpError,
  details: Details,
  place: Place | undefined,
  { importedUpTo, missingExtensions, foreign }: Sent,
): CliError {
  const { status, code, exitCode, facts } = error;
  const message = place?.message ?? error.message;
  // Other backends than the local one send PostgreSQL's words alone.
  const words = error.message.replace(/^Import failed: /, "");
  const sqlstate = details.sqlstate ?? sqlStateOf(words);
  const advice = PARTITIONS_KEY.test(words)
    ? "Let the import drop the partitioned tables whole: insforge db import FILE --clean"
    : foreign.hint(words) ?? extensionHint(words, missingExtensions) ??
      searchPathHint(words, place?.statement ?? "") ??
      objectsHint(words, place?.statement ?? details.statement ?? "");
  // Text that does not parse is a general error, although backends answer it with 403.
  const isSyntax = sqlstate === SYNTAX_ERROR;
  const isThere = DUPLICATES.has(sqlstate ?? "");
  const isSql = sqlstate !== undefined || status === 400 || place !== undefined;
  const nothing = importedUpTo === undefined
    ? "Nothing was imported."
    : `What is before line ${importedUpTo + 1} was imported and stays.`;
  const excerpt = [
    place?.statement && `Statement: ${excerptOf(place.statement)}`,
    details.detail && `Detail: ${details.detail}`,
    details.hint && !advice && `Hint: ${details.hint}`,
  ].filter(Boolean).join("\n");
  return new HttpError(
    message.replace(/\.$/, "") + (sqlstate ? ` (SQLSTATE ${sqlstate})` : "") +
      (place ? ` (line ${place.line})` : ""),
    status,
    code,
    isSyntax ? ExitCode.general : exitCode,
    {
      hint: isThere
        ? `${nothing} ${WAYS_OVER}`
        : isSql || importedUpTo !== undefined
        ? [nothing, advice].filter(Boolean).join(" ")
        : error.hint,
      excerpt: excerpt || undefined,
      facts: { ...facts, line: place?.line },
      cause: error,
    },
  );
}

function tooLarge(error: HttpError, bytes: number): OperationError {
  return new OperationError(
    `The file is larger than the backend allows: it has ${formatBytes(bytes)}.`,
    error.code,
    { hint: "Divide it, or raise the backend's limit.", facts: error.facts, cause: error },
  );
}
