import type { ContentfulStatusCode, StatusCode } from "hono/utils/http-status";
import type { RequestContext } from "../services.ts";
import type { DataRequest, NegotiatedRequest } from "./data_request.ts";
import { DataApiError } from "./postgrest_error.ts";
import type { Representation } from "./request/media_type.ts";
import { badRange } from "./request/query_string.ts";
import { contentRange } from "./request/range.ts";
import { appliedPreferences } from "./request/prefer.ts";
import type { Outcome } from "./sql/outcome.ts";

/** What decides the form of an answer. */
export interface Form {
  readonly status: number;
  /** The header Content-Range. */
  readonly range?: string;
  /** The preferences that were followed. */
  readonly applicable: readonly string[];
  readonly location?: string;
  /** The header Content-Location: the same again, with its parameters in order. */
  readonly contentLocation?: string;
  /** What is sent; the outcome's body unless it is given. */
  readonly body?: string;
  /** What the outcome's body becomes; what the request wants unless it is given. */
  readonly kind?: Representation["kind"];
}

/**
 * The status and range of rows that were read.
 * @throws {DataApiError} 416 PGRST103 for an offset beyond them
 */
export function rangeOf(
  { page: { offset } }: DataRequest,
  rows: number,
  total: number | undefined,
): { status: 200 | 206; range: string } {
  if (total !== undefined && offset > total) {
    const details = `An offset of ${offset} was requested, but there are only ${total} rows.`;
    throw badRange(details, { "content-range": contentRange(offset, 0, total) });
  }
  const status = total !== undefined && rows < total ? 206 : 200;
  return { status, range: contentRange(offset, rows, total) };
}

/** The statuses of answers that have no body. */
const BODILESS: readonly number[] = [204, 205, 304];

/** Answers an outcome; what the statement set as `response.status` and `.headers` goes first. */
export function answer(
  context: RequestContext,
  { preferences, representation, isHead }: NegotiatedRequest,
  outcome: Outcome,
  { status, range, applicable, location, contentLocation, body, kind = representation.kind }: Form,
): Response {
  const applied = appliedPreferences(preferences, [
    ...applicable,
    "count",
    "tx",
    "handling",
    "timezone",
  ]);
  if (range !== undefined) context.header("content-range", range);
  if (applied) context.header("preference-applied", applied);
  if (location) context.header("location", location);
  if (contentLocation) context.header("content-location", contentLocation);
  const own = headersOf(outcome);
  const named = new Set<string>();
  for (const [name, value] of own) {
    // The statement's own go before what is set here; several of one name are all sent.
    context.header(name, value, { append: named.has(name.toLowerCase()) });
    named.add(name.toLowerCase());
  }
  const chosen = statusOf(outcome) ?? status;
  if (BODILESS.includes(chosen)) return context.body(null, chosen as StatusCode);
  if (!named.has("content-type")) {
    const json = "application/json; charset=utf-8";
    context.header("content-type", body === undefined ? representation.contentType : json);
  }
  if (isHead) return context.body(null, chosen as StatusCode);
  const sent = body ?? bodyOf(outcome, kind, representation.custom?.isBinary);
  return context.body(sent, chosen as ContentfulStatusCode);
}

/** The path of a table's rows, as headers tell it. */
export function pathOf(
  table: string,
  parameters: readonly (readonly [name: string, value: string])[],
): string {
  const query = parameters.map((pair) => pair.map(encodeURIComponent).join("="));
  return `/${encodeURIComponent(table)}${query.length > 0 ? `?${query.join("&")}` : ""}`;
}

/** Refuses a number of rows where one object is wanted. */
export function notOne(rows: number): DataApiError {
  return new DataApiError(
    406,
    "PGRST116",
    "JSON object requested, multiple (or no) rows returned",
    `The result contains ${rows} rows`,
  );
}

function bodyOf({ body }: Outcome, kind: Representation["kind"], isBinary = false) {
  if (kind === "object") return body.subarray(1, -1);
  if (kind === "array") return body;
  const text = JSON.parse(new TextDecoder().decode(body)) ?? "";
  return isBinary ? Uint8Array.fromHex(text) : text as string;
}

function statusOf({ status }: Outcome): number | undefined {
  if (status === null) return undefined;
  if (/^[1-5]\d\d$/.test(status)) return Number(status);
  throw new DataApiError(500, "PGRST112", "response.status guc must be a valid status code");
}

function headersOf({ headers }: Outcome): [string, string][] {
  if (headers === null) return [];
  try {
    const list: Record<string, unknown>[] = JSON.parse(headers);
    const entries = list.flatMap((one) => Object.entries(one));
    const isOneEach = list.every((one) => Object.keys(one).length === 1);
    if (isOneEach && entries.every(isHeader)) return entries;
  } catch {
    // It is refused below.
  }
  throw new DataApiError(
    500,
    "PGRST111",
    "response.headers guc must be a JSON array composed of objects with a single key and a string value",
  );
}

function isHeader(entry: [string, unknown]): entry is [string, string] {
  const [name, value] = entry;
  if (typeof value !== "string") return false;
  try {
    new Headers([[name, value]]);
    return true;
  } catch {
    return false;
  }
}
