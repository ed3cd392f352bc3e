import type { Context } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import type { PostgrestError } from "../../shared/contract/error_body.ts";
import { ApiError, DatabaseError, retryHeaders, toEnvelope } from "../http/api_error.ts";

/** A refusal of the data API itself, in PostgREST's shape (contract sections 6.4 and 6.5). */
export class DataApiError extends Error {
  override name = "DataApiError";

  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    /** Text, or what PostgREST lists. */
    readonly details: unknown = null,
    readonly hint: string | null = null,
    /** Those of the answer beside its own. */
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super(message);
  }
}

/**
 * Answers a failure: PostgREST's shape for what the database or the data API refuses, the envelope
 * for the rest.
 */
export function answerError(error: Error, context: Context): Response {
  if (error instanceof ApiError) {
    const envelope = toEnvelope(error);
    return context.json(envelope, envelope.statusCode, retryHeaders(envelope.statusCode));
  }
  if (error instanceof DataApiError) {
    const { code, message, details, hint } = error;
    for (const [name, value] of Object.entries(error.headers)) context.header(name, value);
    return send(context, error.status, { code, message, details, hint });
  }
  if (error instanceof DatabaseError) {
    const { sqlstate, message, detail, hint } = error.fields;
    if (sqlstate === "PGRST") return answerRaised(context, message, detail);
    const isAnonymous = context.get("identity")?.role === "anon";
    const body = { code: sqlstate, message, details: detail ?? null, hint: hint ?? null };
    return send(context, statusOf(error, isAnonymous), body);
  }
  throw error;
}

/**
 * Answers what a function raised as `PGRST`: it says all of the response (contract section 6.4).
 */
function answerRaised(context: Context, message: string, detail: string | undefined): Response {
  const body = parsed(message);
  const form = parsed(detail);
  const isRaised = typeof body?.code === "string" && typeof body.message === "string" &&
    Number.isInteger(form?.status) && (form?.status as number) >= 200 &&
    (form?.status as number) <= 599;
  if (!isRaised) {
    return send(context, 500, {
      code: "PGRST121",
      message: `Could not parse JSON in the "RAISE SQLSTATE 'PGRST'" error`,
      details: `MESSAGE was ${JSON.stringify(message)}, DETAIL was ${
        JSON.stringify(detail ?? null)
      }`,
      hint:
        "MESSAGE is a JSON object with code and message, and perhaps details and hint; DETAIL one with status and headers.",
    });
  }
  for (const [name, value] of Object.entries(form!.headers ?? {})) {
    context.header(name, String(value));
  }
  const { code, message: text, details = null, hint = null } = body!;
  const all = { code: code as string, message: text as string, details, hint };
  return send(context, form!.status as number, all);
}

function parsed(text: string | undefined): Record<string, unknown> | undefined {
  try {
    const value = JSON.parse(text ?? "");
    return typeof value === "object" && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

function send(context: Context, status: number, body: PostgrestError): Response {
  if (status === 401) context.header("www-authenticate", "Bearer");
  return context.json(body, status as ContentfulStatusCode);
}

/** The statuses of single SQLSTATEs, then those of their classes, as PostgREST has them. */
const STATUSES: Readonly<Record<string, number>> = {
  "21000": 500,
  "23503": 409,
  "23505": 409,
  "25006": 405,
  "42883": 404,
  "42P01": 404,
  "42P17": 500,
  "53400": 500,
  "57P01": 503,
  P0001: 400,
  "08": 503,
  "09": 500,
  "0L": 403,
  "0P": 403,
  "25": 500,
  "28": 403,
  "2D": 500,
  "38": 500,
  "39": 500,
  "3B": 500,
  "40": 500,
  "53": 503,
  "54": 500,
  "55": 500,
  "57": 500,
  "58": 500,
  F0: 500,
  HV: 500,
  P0: 500,
  XX: 500,
};

/** A function can choose its status by raising a SQLSTATE such as `PT402`. */
function statusOf({ sqlstate, message }: DatabaseError, isAnonymous: boolean): number {
  if (sqlstate === "42501") return isAnonymous ? 401 : 403;
  // An update or a removal of all rows, where that is forbidden, is the client's mistake.
  if (sqlstate === "21000" && message.endsWith("requires a WHERE clause")) return 400;
  if (sqlstate.startsWith("PT")) return Number(/^PT([2-5]\d\d)$/.exec(sqlstate)?.[1] ?? 500);
  return (STATUSES[sqlstate] ?? STATUSES[sqlstate.slice(0, 2)] ?? 400);
}
