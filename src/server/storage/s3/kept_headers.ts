import { listed } from "./listed.ts";
import { S3Error } from "./s3_error.ts";

/** Bytes that names and values of a user's own metadata have at most. */
const MAX_METADATA = 2048;
const METADATA = "x-amz-meta-";

/** Headers of an upload that come back with the object. */
const KEPT = [
  "cache-control",
  "content-disposition",
  "content-encoding",
  "content-language",
  "expires",
];

/**
 * What of a request's headers is kept with its object: some, and all `x-amz-meta-`.
 * @throws {S3Error} MetadataTooLarge
 */
export function keptHeaders(headers: Headers): Record<string, string> {
  const kept = [...headers]
    .filter(([name]) => KEPT.includes(name) || name.startsWith(METADATA))
    .map(([name, value]) => [name, name === "content-encoding" ? withoutChunks(value) : value])
    .filter(([name, value]) => value !== "" || name!.startsWith(METADATA));
  const size = kept.filter(([name]) => name!.startsWith(METADATA))
    .reduce((sum, [name, value]) => sum + name!.length - METADATA.length + value!.length, 0);
  if (size <= MAX_METADATA) return Object.fromEntries(kept);
  throw new S3Error("MetadataTooLarge", `Metadata have ${MAX_METADATA} bytes at most`);
}

/** How the body travelled is no matter of the object. */
function withoutChunks(encoding: string): string {
  return listed(encoding).filter((name) => name !== "aws-chunked").join(", ");
}
