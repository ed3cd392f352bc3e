import { S3_PATH } from "./region.ts";
import { S3Error } from "./s3_error.ts";
import { encodeAll } from "./signing.ts";

/** What the address of a request says; its one reading serves signature and operation alike. */
export interface S3Address {
  /** As it is signed. */
  readonly path: string;
  readonly parameters: ReadonlyMap<string, string>;
  /** Empty for what concerns all buckets. */
  readonly bucket: string;
  /** Empty for what concerns a bucket. */
  readonly key: string;
}

/**
 * Reads an address as it came: what is signed is not what an URL makes of it.
 * @throws {S3Error} InvalidURI when it is not percent-encoded, or names a parameter twice
 */
export function readAddress(url: string): S3Address {
  const [, rawPath = "/", query = ""] = /^[a-z]+:\/\/[^/?]*([^?]*)\??(.*)$/s.exec(url) ?? [];
  const segments = rawPath.split("/").map(decoded);
  const [bucket = "", ...key] = segments.slice(S3_PATH.split("/").length);
  const parameters = new Map<string, string>();
  for (const pair of query.split("&")) {
    if (pair === "") continue;
    const [name, value = ""] = pair.split(/=(.*)/s).map(decoded);
    if (parameters.has(name!)) throw new S3Error("InvalidURI", `The address has two ${name}`);
    parameters.set(name!, value);
  }
  return { path: segments.map(encodeAll).join("/"), parameters, bucket, key: key.join("/") };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new S3Error("InvalidURI", "The address is not percent-encoded");
  }
}
