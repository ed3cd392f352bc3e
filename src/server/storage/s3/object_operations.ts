import { isActiveType } from "../content_type.ts";
import type { StoredFile } from "../files.ts";
import { assertKey } from "../keys.ts";
import { objectResponse } from "../send.ts";
import type { StoredObject } from "../store.ts";
import { parseRange } from "../../http/range.ts";
import { isConditional, isWanted, requireWritable } from "./conditions.ts";
import { keptHeaders } from "./kept_headers.ts";
import {
  empty,
  MAX_BYTES,
  notImplemented,
  requireBucket,
  requireObject,
  S3_IDENTITY,
  type S3Request,
  xml,
} from "./request.ts";
import { S3Error } from "./s3_error.ts";
import { tagging, tagsOfHeader, writeTags } from "./tags.ts";

/** The type of an object whose upload names none. */
const USUAL_TYPE = "application/octet-stream";
const COPY_SOURCE = "x-amz-copy-source";
/** What a request may want an answer to be headed with. */
const ANSWERED_AS = [
  "cache-control",
  "content-disposition",
  "content-encoding",
  "content-language",
  "content-type",
  "expires",
];
const UNSUPPORTED = ["acl", "attributes", "legal-hold", "restore", "retention", "torrent"];

/** What an upload says of its object beside the content. */
export interface Described {
  readonly mimeType: string;
  readonly kept: Readonly<Record<string, string>>;
}

/** What is asked of one object. */
export async function objectOperation(request: S3Request): Promise<Response> {
  const { method, parameters, headers } = request;
  if (parameters.has("tagging")) return await tagging(request);
  if (UNSUPPORTED.some((name) => parameters.has(name))) return notImplemented(request);
  if (method === "GET" || method === "HEAD") return await send(request);
  if (method === "DELETE") return await remove(request);
  if (method !== "PUT") return notImplemented(request);
  return headers.has(COPY_SOURCE) ? await copy(request) : await put(request);
}

/** The object that a header names as the source of a copy. @throws {S3Error} */
export async function sourceOf(request: S3Request): Promise<StoredObject> {
  const [path] = (request.headers.get(COPY_SOURCE) ?? "").split("?versionId=");
  let names: string[];
  try {
    names = decodeURIComponent(path!).replace(/^\//, "").split("/");
  } catch {
    throw new S3Error("InvalidArgument", "The source of the copy is not percent-encoded");
  }
  const [bucket = "", ...key] = names;
  const source = await requireObject(request, { bucket, key: key.join("/") });
  if (isWanted(request.headers, source, `${COPY_SOURCE}-`)) return source;
  throw new S3Error("PreconditionFailed", "The source is what is known already");
}

/** What the headers of an upload say of its object. */
export function describedBy(headers: Headers): Described {
  return { mimeType: headers.get("content-type") ?? USUAL_TYPE, kept: keptHeaders(headers) };
}

/**
 * Makes an object of a file that is there, in the place of the one before.
 * @throws {S3Error} PreconditionFailed when the request's conditions do not hold by then
 */
export async function keep(
  { store, files, bucket, key, accessKeyId, headers: conditions }: S3Request,
  { id: fileId, size, etag }: Omit<StoredFile, "head">,
  { mimeType, kept: headers }: Described,
): Promise<StoredObject> {
  try {
    const stored = { bucket, key, size, etag, fileId, mimeType, headers };
    const accept = isConditional(conditions)
      ? (before: StoredObject | undefined) => requireWritable(conditions, before)
      : undefined;
    const { object, replaced } = await store.put(S3_IDENTITY, stored, { accessKeyId, accept });
    if (replaced) await files.remove([replaced]);
    return object;
  } catch (error) {
    await files.remove([fileId]);
    throw error;
  }
}

async function put(request: S3Request): Promise<Response> {
  const { backend, key, headers, store, bucket, files, content } = request;
  assertKey(key);
  await requireBucket(request);
  // Also before what is in vain has been sent.
  if (isConditional(headers)) requireWritable(headers, await store.find(bucket, key));
  const described = describedBy(headers);
  const tags = tagsOfHeader(headers.get("x-amz-tagging") ?? "");
  const file = await files.add(content, MAX_BYTES);
  const checksums = Object.fromEntries(content.checksums);
  const kept = { ...described.kept, ...checksums };
  const { etag } = await keep(request, file, { ...described, kept });
  await writeTags(backend.database, bucket, key, tags);
  return empty(200, { etag: `"${etag}"`, ...checksums });
}

async function copy(request: S3Request): Promise<Response> {
  const { files, headers, key, bucket } = request;
  assertKey(key);
  await requireBucket(request);
  const source = await sourceOf(request);
  const isReplaced = headers.get("x-amz-metadata-directive")?.toUpperCase() === "REPLACE";
  if (!isReplaced && source.bucket === bucket && source.key === key) {
    throw new S3Error("InvalidRequest", "A copy onto itself has to replace the metadata");
  }
  const described = isReplaced
    ? describedBy(headers)
    : { mimeType: source.mimeType, kept: source.headers ?? {} };
  const file = await files.add(await files.read(source.fileId), Infinity);
  const { etag, uploadedAt } = await keep(request, { ...file, etag: source.etag }, described);
  return xml("CopyObjectResult", { ETag: `"${etag}"`, LastModified: uploadedAt });
}

async function send(request: S3Request): Promise<Response> {
  const { context, files, headers } = request;
  const object = await requireObject(request, request);
  const own = answerHeaders(request, object);
  if (!isWanted(headers, object)) {
    return empty(304, { ...Object.fromEntries(own), etag: `"${object.etag}"` });
  }
  if (parseRange(headers.get("range"), object.size) === "none") {
    throw new S3Error("InvalidRange", `The object has ${object.size} bytes`);
  }
  const response = await objectResponse(context, files, object);
  for (const [name, value] of own) response.headers.set(name, value);
  return response;
}

/** What no header can hold is refused before any content is opened. @throws {S3Error} */
function answerHeaders(
  { headers, parameters }: S3Request,
  { mimeType, uploadedAt, headers: kept }: StoredObject,
): Headers {
  const answer = new Headers({
    "content-type": mimeType,
    "last-modified": new Date(uploadedAt).toUTCString(),
    // A presigned address that a browser opens is one of this origin.
    "x-content-type-options": "nosniff",
  });
  const wantsChecksum = headers.get("x-amz-checksum-mode")?.toUpperCase() === "ENABLED" &&
    !headers.has("range");
  for (const [name, value] of Object.entries(kept ?? {})) {
    if (wantsChecksum || !name.startsWith("x-amz-checksum-")) answer.set(name, value);
  }
  for (const name of ANSWERED_AS) {
    const asked = parameters.get(`response-${name}`);
    if (asked === undefined) continue;
    try {
      answer.set(name, asked);
    } catch {
      throw new S3Error("InvalidArgument", `response-${name} is nothing that a header can hold`);
    }
  }
  if (isActiveType(answer.get("content-type")!)) answer.set("content-security-policy", "sandbox");
  return answer;
}

async function remove(request: S3Request): Promise<Response> {
  const { store, files, bucket, key } = request;
  await requireBucket(request);
  const removed = await store.delete(S3_IDENTITY, bucket, [key]);
  await files.remove(removed.map(({ fileId }) => fileId));
  return empty(204);
}
