import { ApiError } from "../http/api_error.ts";
import type { RequestContext } from "../services.ts";

/**
 * The key in the path of a request: all that follows `/objects/`, percent-decoded as one. Hono
 * would not tell an encoded slash from another.
 * @throws {ApiError} 400 for a key that no object can have
 */
export function objectKeyOf(context: RequestContext, suffix = ""): string {
  const { pathname } = new URL(context.req.url);
  const [, rest = ""] = /\/buckets\/[^/]+\/(?:download-strategy\/)?objects\/(.*)$/.exec(pathname) ??
    [];
  const encoded = suffix && rest.endsWith(suffix) ? rest.slice(0, -suffix.length) : rest;
  let key: string;
  try {
    key = decodeURIComponent(encoded);
  } catch {
    throw invalidKey();
  }
  assertKey(key);
  return key;
}

/** @throws {ApiError} 400 STORAGE_INVALID_PARAMETER */
export function assertKey(key: string): void {
  if (key === "" || key.startsWith("/") || key.includes("..") || key.includes("\0")) {
    throw invalidKey();
  }
}

/** A key that no other object has: the base name, made plain, with the time and a random part. */
export function uniqueKey(filename: string, now: Date): string {
  const base = filename.split(/[\\/]/).at(-1)!;
  const dot = base.lastIndexOf(".");
  const [stem, extension] = dot > 0 ? [base.slice(0, dot), base.slice(dot)] : [base, ""];
  const plain = stem.replaceAll(/[^A-Za-z0-9\-_]/g, "-").slice(0, 32);
  const random = Array.from(
    crypto.getRandomValues(new Uint8Array(6)),
    (byte) => (byte % 36).toString(36),
  ).join("");
  return `${plain}-${now.getTime()}-${random}${extension}`;
}

function invalidKey(): ApiError {
  return new ApiError(
    400,
    "STORAGE_INVALID_PARAMETER",
    'A key must not be empty, begin with "/" or hold ".."',
    "Choose another key.",
  );
}
