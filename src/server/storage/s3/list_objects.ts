import { type ListedObject, type Listing, listPage } from "./listing.ts";
import { type S3Request, xml } from "./request.ts";
import { S3Error } from "./s3_error.ts";
import type { Xml } from "./xml.ts";

const MOST_KEYS = 1000;

/** ListObjects in both versions (contract section 18.4). */
export async function listObjects({ backend, bucket, parameters }: S3Request): Promise<Response> {
  const isSecond = parameters.get("list-type") === "2";
  const limit = limitOf(parameters, "max-keys");
  const prefix = parameters.get("prefix") ?? "";
  const delimiter = parameters.get("delimiter") ?? "";
  const token = isSecond ? parameters.get("continuation-token") : undefined;
  const start = parameters.get(isSecond ? "start-after" : "marker") ?? "";
  const after = token === undefined ? start : fromToken(token);
  const request = { bucket, prefix, delimiter, after, limit };
  const { objects, folders, next } = await listPage(backend.database, request);
  const { encoding, name } = encodingOf(parameters);
  return xml("ListBucketResult", {
    Name: bucket,
    Prefix: name(prefix),
    Delimiter: delimiter ? name(delimiter) : undefined,
    MaxKeys: limit,
    EncodingType: encoding,
    IsTruncated: next !== undefined,
    ...(isSecond
      ? {
        KeyCount: objects.length + folders.length,
        StartAfter: start ? name(start) : undefined,
        ContinuationToken: token,
        NextContinuationToken: next === undefined ? undefined : toToken(next),
      }
      : { Marker: name(start), NextMarker: next === undefined ? undefined : name(next) }),
    ...entries({ objects, folders }, name),
  });
}

/** Every object as its one version, as tools ask that empty a bucket. */
export async function listVersions({ backend, bucket, parameters }: S3Request): Promise<Response> {
  const limit = limitOf(parameters, "max-keys");
  const prefix = parameters.get("prefix") ?? "";
  const delimiter = parameters.get("delimiter") ?? "";
  const after = parameters.get("key-marker") ?? "";
  const request = { bucket, prefix, delimiter, after, limit };
  const { objects, folders, next } = await listPage(backend.database, request);
  const { encoding, name } = encodingOf(parameters);
  const { Contents, CommonPrefixes } = entries({ objects, folders }, name);
  return xml("ListVersionsResult", {
    Name: bucket,
    Prefix: name(prefix),
    KeyMarker: name(after),
    MaxKeys: limit,
    EncodingType: encoding,
    IsTruncated: next !== undefined,
    NextKeyMarker: next === undefined ? undefined : name(next),
    Version: Contents.map((object) => ({ ...object, VersionId: "null", IsLatest: true })),
    CommonPrefixes,
  });
}

/** How many entries a parameter asks for. @throws {S3Error} InvalidArgument */
export function limitOf(parameters: ReadonlyMap<string, string>, name: string): number {
  const asked = parameters.get(name) || String(MOST_KEYS);
  if (/^\d{1,9}$/.test(asked)) return Math.min(Number(asked), MOST_KEYS);
  throw new S3Error("InvalidArgument", `${name} is a whole number`);
}

/** How names are written in an answer: XML does not have every character that keys have. */
export function encodingOf(
  parameters: ReadonlyMap<string, string>,
): { encoding: string | undefined; name: (text: string) => string } {
  if (parameters.get("encoding-type") !== "url") {
    return { encoding: undefined, name: (text) => text };
  }
  return {
    encoding: "url",
    name: (text) => encodeURIComponent(text).replaceAll("%2F", "/"),
  };
}

function entries({ objects, folders }: Listing, name: (text: string) => string) {
  return {
    Contents: objects.map((object): Record<string, Xml> => entry(object, name)),
    CommonPrefixes: folders.map((folder) => ({ Prefix: name(folder) })),
  };
}

function entry({ key, size, etag, uploadedAt }: ListedObject, name: (text: string) => string) {
  return {
    Key: name(key),
    LastModified: uploadedAt,
    ETag: `"${etag}"`,
    Size: size,
    StorageClass: "STANDARD",
  };
}

function toToken(key: string): string {
  return new TextEncoder().encode(key).toBase64({ alphabet: "base64url" });
}

function fromToken(token: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(
      Uint8Array.fromBase64(token, { alphabet: "base64url" }),
    );
  } catch {
    throw new S3Error("InvalidArgument", "The continuation token is none of this server's");
  }
}
