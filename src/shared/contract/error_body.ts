import type { SqlNotice } from "./raw_sql.ts";
import type { ErrorCode as SharedErrorCode } from "@insforge/shared-schemas";

/** Code in `ErrorEnvelope.error`. */
export type ErrorCode = SharedErrorCode | "FUNCTION_SLUG_RESERVED" | "MAIL_NOT_FOUND";

/** What PostgreSQL added to an error; only this backend sends it. */
export interface SqlErrorDetails {
  /** Five characters; none where the statement was refused before it ran. */
  sqlstate?: string;
  /** One-based character offset into the text of the request. */
  position?: number;
  detail?: string;
  hint?: string;
  /**
   * Of an import, and of several statements where there is no position: the one-based line, and the
   * start of the statement.
   */
  line?: number;
  statement?: string;
  /** What the SQL said before it failed, told to who wrote it. */
  notices?: readonly SqlNotice[];
}

/** Body of every failed project backend request (contract section 3). */
export interface ErrorEnvelope {
  error: ErrorCode | string;
  message: string;
  /** Equals the HTTP status. */
  statusCode: number;
  /** What the caller can do about it. */
  nextActions?: string;
  details?: SqlErrorDetails;
}

/** Error body of the rpc and records routes, as PostgREST sends it. */
export interface PostgrestError {
  code: string;
  message: string;
  /** Text, or what PostgREST lists. */
  details: unknown;
  hint: unknown;
}
