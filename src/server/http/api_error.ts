import type {
  ErrorCode,
  ErrorEnvelope,
  SqlErrorDetails,
} from "../../shared/contract/error_body.ts";
import type { SqlNotice } from "../../shared/contract/raw_sql.ts";
import type { PostgresErrorFields } from "../database/messages.ts";

export type ErrorStatus =
  | 400
  | 401
  | 402
  | 403
  | 404
  | 405
  | 409
  | 413
  | 415
  | 429
  | 500
  | 501
  | 502
  | 503;

/** A failure with its HTTP status and code, as the error envelope shows it (contract section 3). */
export class ApiError extends Error {
  override name = "ApiError";

  /** @param nextActions what the caller can do about it */
  constructor(
    readonly status: ErrorStatus,
    readonly code: ErrorCode,
    message: string,
    readonly nextActions?: string,
    readonly details?: SqlErrorDetails,
  ) {
    super(message);
  }
}

/** A statement that failed in PostgreSQL, as the database client throws it. */
export class DatabaseError extends Error {
  override name = "DatabaseError";

  /** @param notices what the SQL said before, for who wrote it */
  constructor(readonly fields: PostgresErrorFields, readonly notices: readonly SqlNotice[] = []) {
    super(fields.message);
  }

  get sqlstate(): string {
    return this.fields.sqlstate;
  }
}

/** What helps when the disk is full. */
export const MAKE_ROOM =
  "Make room on the disk that holds the data directory (`insforge local status` names it), then try again.";

/** How a failure of the local backend's own is told that is for want of room. */
export const DISK_IS_FULL = "the disk is full";

/** Whether a failure of the file system, or of PostgreSQL in it, is that there is no room. */
export function isDiskFull(message: string): boolean {
  return /the disk is full|no space left on device|disk quota exceeded|not enough space on the disk/i
    .test(message);
}

/**
 * The status and envelope of any thrown value; what is not foreseen becomes 500 INTERNAL_ERROR with
 * its message.
 */
export function toEnvelope(error: unknown): ErrorEnvelope & { statusCode: ErrorStatus } {
  if (error instanceof ApiError) {
    const { code, message, status, nextActions, details } = error;
    return { error: code, message, statusCode: status, nextActions, details };
  }
  if (error instanceof DatabaseError) return databaseEnvelope(error);
  const message = error instanceof Error ? error.message : String(error);
  if (isDiskFull(message)) {
    const nextActions = `Nothing was changed. ${MAKE_ROOM}`;
    return { error: "INTERNAL_ERROR", message: "The disk is full", statusCode: 500, nextActions };
  }
  if (isBrokenOff(error)) {
    return {
      error: "INVALID_INPUT",
      message: `The request broke off: ${message}`,
      statusCode: 400,
    };
  }
  return { error: "INTERNAL_ERROR", message, statusCode: 500 };
}

/** Whether a request ended before its body did; Deno 2.9 names that by what it can not read. */
function isBrokenOff(error: unknown): boolean {
  return error instanceof Deno.errors.Http ||
    error instanceof Deno.errors.BadResource && error.message.includes("request body");
}

/** What goes with an answer that says to come again: in how many seconds. */
export function retryHeaders(status: number): Record<string, string> {
  return status === 503 ? { "retry-after": "2" } : {};
}

function databaseEnvelope(
  { fields, notices }: DatabaseError,
): ErrorEnvelope & { statusCode: ErrorStatus } {
  const { sqlstate, position, detail, hint, message, failed } = fields;
  const [statusCode, error, nextActions] = classify(fields);
  const told = notices.length > 0 ? { notices } : {};
  const details = { sqlstate, position, detail, hint, ...failed, ...told };
  return { error, message, statusCode, nextActions, details };
}

function classify(
  { sqlstate, column, detail }: PostgresErrorFields,
): [status: ErrorStatus, code: ErrorCode, nextActions?: string] {
  switch (sqlstate) {
    case "23505": {
      const key = /^Key \((.*?)\)=/.exec(detail ?? "")?.[1];
      return [
        409,
        "DATABASE_DUPLICATE",
        `A row with this ${key ?? "key"} is already there. Read it, or choose another value.`,
      ];
    }
    case "23503":
      return [
        400,
        "DATABASE_CONSTRAINT_VIOLATION",
        "The row that is referred to does not exist, or is still referred to.",
      ];
    case "23502":
      return [400, "MISSING_FIELD", `Give ${column ?? "the column"} a value.`];
    case "42P01":
      return [
        400,
        "DATABASE_VALIDATION_ERROR",
        "Check the name: GET /api/database/tables lists the tables.",
      ];
    case "42703":
      return [
        400,
        "DATABASE_VALIDATION_ERROR",
        "Check the name: GET /api/database/tables/{table}/schema lists the columns.",
      ];
    case "42701":
      return [400, "DATABASE_VALIDATION_ERROR", "Choose another column name."];
    case "42830":
      return [
        400,
        "DATABASE_VALIDATION_ERROR",
        "The columns referred to need a unique constraint or a primary key.",
      ];
    case "42804":
      return [400, "DATABASE_VALIDATION_ERROR", "Cast the value, or change the column's type."];
    case "53100":
      return [500, "INTERNAL_ERROR", MAKE_ROOM];
    // What no text can hold, NUL above all.
    case "22021":
    case "22P05":
      return [400, "INVALID_INPUT", "Leave the character NUL (\\u0000) out."];
    case "54000":
      return [400, "INVALID_INPUT", "Give a shorter value."];
    case "42501":
      return [
        403,
        "FORBIDDEN",
        "This role may not do that. Check the grants and the row-level security policies of the table.",
      ];
    default:
      return [500, "INTERNAL_ERROR"];
  }
}
