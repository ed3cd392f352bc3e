import { parseRange, readRange } from "../http/range.ts";
import type { RequestContext } from "../services.ts";
import type { ObjectFiles } from "./files.ts";
import type { StoredObject } from "./store.ts";

/** Streams an object, or the part of it that is asked for (contract section 7.4). */
export async function sendObject(
  context: RequestContext,
  files: ObjectFiles,
  { mimeType, size, etag, fileId }: StoredObject,
  isPublic: boolean,
): Promise<Response> {
  const tag = `"${etag}"`;
  const headers: Record<string, string> = {
    "content-type": mimeType,
    "accept-ranges": "bytes",
    etag: tag,
    "x-content-type-options": "nosniff",
    "cache-control": isPublic ? "public, max-age=0, must-revalidate" : "private, no-store",
  };
  if (mimeType === "application/octet-stream") headers["content-disposition"] = "attachment";
  const request = context.req;
  if (request.header("if-none-match")?.split(/,\s*/).includes(tag)) {
    return new Response(null, { status: 304, headers });
  }
  const ifRange = request.header("if-range");
  const range = ifRange && ifRange !== tag
    ? undefined
    : parseRange(request.header("range") ?? null, size);
  if (range === "none") {
    return new Response(null, {
      status: 416,
      headers: { ...headers, "content-range": `bytes */${size}` },
    });
  }
  const { first, last } = range ?? { first: 0, last: size - 1 };
  headers["content-length"] = String(last - first + 1);
  if (range) headers["content-range"] = `bytes ${first}-${last}/${size}`;
  const status = range ? 206 : 200;
  if (request.method === "HEAD" || size === 0) return new Response(null, { status, headers });
  const file = await files.open(fileId);
  const body = range ? ReadableStream.from(readRange(file, range)) : file.readable;
  return new Response(body, { status, headers });
}
