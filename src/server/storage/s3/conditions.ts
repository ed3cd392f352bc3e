import type { StoredObject } from "../store.ts";
import { listed } from "./listed.ts";
import { S3Error } from "./s3_error.ts";

/**
 * Whether an object is changed for who asks with conditions, as RFC 9110 orders them.
 * @param prefix of the headers, such as that of a copy's source
 * @returns false when what is asked for is known already
 * @throws {S3Error} PreconditionFailed
 */
export function isWanted(
  headers: Headers,
  { etag, uploadedAt }: Pick<StoredObject, "etag" | "uploadedAt">,
  prefix = "",
): boolean {
  const match = headers.get(`${prefix}if-match`);
  const noneMatch = headers.get(`${prefix}if-none-match`);
  const isModified = (name: string) => {
    const since = Date.parse(headers.get(prefix + name) ?? "");
    return Number.isNaN(since) ? undefined : seconds(uploadedAt) > since;
  };
  const isFailed = match === null ? isModified("if-unmodified-since") : !names(match, etag);
  if (isFailed) throw new S3Error("PreconditionFailed", "The object is another one by now");
  return noneMatch === null ? isModified("if-modified-since") ?? true : !names(noneMatch, etag);
}

/** Whether it matters to a request that writes what is there before. */
export function isConditional(headers: Headers): boolean {
  return headers.has("if-match") || headers.has("if-none-match");
}

/** @throws {S3Error} when an object may not be written over, or must be there and is not */
export function requireWritable(headers: Headers, before: StoredObject | undefined): void {
  const match = headers.get("if-match");
  const noneMatch = headers.get("if-none-match");
  if (match !== null && !before) throw new S3Error("NoSuchKey", "There is no such object");
  const isRefused = (match !== null && !names(match, before!.etag)) ||
    (noneMatch !== null && before !== undefined && names(noneMatch, before.etag));
  if (isRefused) throw new S3Error("PreconditionFailed", "The object is another one by now");
}

/** Whether a list of entity tags has one, or stands for all. */
function names(list: string, etag: string): boolean {
  return listed(list).some((tag) =>
    tag === "*" || tag.replace(/^W\//, "").replaceAll('"', "") === etag
  );
}

/** Milliseconds of a time, as exact as headers are. */
function seconds(time: string): number {
  return Math.floor(Date.parse(time) / 1000) * 1000;
}
