import { parseRange } from "../http/range.ts";
import type { RequestContext } from "../services.ts";
import { isActiveType } from "./content_type.ts";
import type { ObjectFiles } from "./files.ts";
import type { StoredObject } from "./store.ts";

/** Answers an app with an object, or the part of it that is asked for (contract section 7.4). */
export async function sendObject(
  context: RequestContext,
  files: ObjectFiles,
  object: StoredObject,
  isPublic: boolean,
): Promise<Response> {
  const { mimeType } = object;
  const tag = `"${object.etag}"`;
  const isKnown = context.req.header("if-none-match")?.split(/,\s*/).includes(tag);
  const response = isKnown
    ? new Response(null, { status: 304, headers: headersOf(object) })
    : await objectResponse(context, files, object);
  const { headers } = response;
  headers.set("x-content-type-options", "nosniff");
  headers.set(
    "cache-control",
    isPublic ? "public, max-age=0, must-revalidate" : "private, no-store",
  );
  if (mimeType === "application/octet-stream" || isActiveType(mimeType)) {
    headers.set("content-disposition", "attachment");
  }
  return response;
}

/** Streams an object, or the part of it that is asked for. */
export async function objectResponse(
  { req: request }: RequestContext,
  files: ObjectFiles,
  object: StoredObject,
): Promise<Response> {
  const { size, etag, fileId } = object;
  const headers = headersOf(object);
  const ifRange = request.header("if-range");
  const range = ifRange && ifRange !== `"${etag}"`
    ? undefined
    : parseRange(request.header("range") ?? null, size);
  if (range === "none") {
    headers["content-range"] = `bytes */${size}`;
    return new Response(null, { status: 416, headers });
  }
  const { first, last } = range ?? { first: 0, last: size - 1 };
  headers["content-length"] = String(last - first + 1);
  if (range) headers["content-range"] = `bytes ${first}-${last}/${size}`;
  const status = range ? 206 : 200;
  if (request.method === "HEAD" || size === 0) return new Response(null, { status, headers });
  return new Response(await files.read(fileId, range), { status, headers });
}

function headersOf({ mimeType, etag }: StoredObject): Record<string, string> {
  return { "content-type": mimeType, "accept-ranges": "bytes", etag: `"${etag}"` };
}
