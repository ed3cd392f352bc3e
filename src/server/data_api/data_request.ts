import { schemaNamed, schemaParameter } from "../database/names.ts";
import type { RequestContext } from "../services.ts";
import { type MediaRange, mediaRanges, type Representation } from "./request/media_type.ts";
import { parsePrefer, type Preferences } from "./request/prefer.ts";
import { parseQuery, type Query } from "./request/query_string.ts";
import { type Page, pageOf } from "./request/range.ts";

/** What every request to the data API says. */
export interface DataRequest {
  readonly schema: string;
  /** The table, the view or the function. */
  readonly name: string;
  readonly query: Query;
  readonly preferences: Preferences;
  /** The media types that it accepts, those wanted most first. */
  readonly accepted: readonly MediaRange[];
  /** The part of the rows that is answered. */
  readonly page: Page;
  /** Whether the headers are enough. */
  readonly isHead: boolean;
}

/** A request of which it is known how it is answered. */
export interface NegotiatedRequest extends DataRequest {
  readonly representation: Representation;
}

/**
 * Reads the URL and the headers of a request.
 * @param name of the table, the view or the function
 * @param hasValues whether what is no filter is an argument of a function
 * @throws {DataApiError}
 */
export function readDataRequest(
  context: RequestContext,
  name: string,
  hasValues = false,
): DataRequest {
  const { method } = context.req;
  const isRead = method === "GET" || method === "HEAD";
  const query = parseQuery(new URL(context.req.url).searchParams, hasValues);
  return {
    schema: schemaOf(context, isRead),
    name,
    query,
    preferences: parsePrefer(context.req.header("prefer")),
    accepted: mediaRanges(context.req.header("accept")),
    page: pageOf(query.options, method === "GET" ? context.req.header("range") : undefined),
    isHead: method === "HEAD",
  };
}

/** `?schema=`, else PostgREST's headers (contract section 6.5). */
function schemaOf(context: RequestContext, isRead: boolean): string {
  const header = context.req.header(isRead ? "accept-profile" : "content-profile")?.trim();
  if (context.req.query("schema") !== undefined || !header) return schemaParameter(context);
  return schemaNamed(textOf(header));
}

/** The text of a header whose bytes are UTF-8, as PostgREST reads it; they come as Latin-1. */
function textOf(header: string): string {
  const bytes = Uint8Array.from(header, (character) => character.charCodeAt(0));
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return header;
  }
}
