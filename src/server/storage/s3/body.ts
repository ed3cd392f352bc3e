import { createHash } from "node:crypto";
import { isChecksumHeader, startChecksum, startMd5 } from "./checksums.ts";
import { chunksOf, type Trailer } from "./chunks.ts";
import type { ChunkSigner, Claim } from "./claim.ts";
import { listed } from "./listed.ts";
import { S3Error } from "./s3_error.ts";

/** Characters of the largest document that is read. */
const MAX_DOCUMENT = 4 * 1024 * 1024;

/** The content of a request. */
export interface S3Content extends AsyncIterable<Uint8Array> {
  /** The checksum that came with it, once it was read: the header's name, and its value. */
  readonly checksums: ReadonlyMap<string, string>;
}

/**
 * The content of a request's body, taken out of its chunks where it has some. Reading it throws
 * where it is not what was signed or what its checksums say, at the latest at its end.
 * @param hasChecksums whether those among the headers are of this body
 */
export function contentOf(
  { body, headers }: Request,
  { payload }: Claim,
  signer: ChunkSigner,
  hasChecksums: boolean,
): S3Content {
  const checksums = new Map(
    hasChecksums ? [...headers].filter(([name]) => isChecksumHeader(name)) : [],
  );
  return {
    checksums,
    [Symbol.asyncIterator]: () => checked(body, headers, payload, signer, checksums),
  };
}

/** The whole content of a small body, as text. @throws {S3Error} when it is larger */
export async function textContent(content: AsyncIterable<Uint8Array>): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const bytes of content) {
    text += decoder.decode(bytes, { stream: true });
    if (text.length > MAX_DOCUMENT) throw new S3Error("EntityTooLarge", "The body is too large");
  }
  return text + decoder.decode();
}

async function* checked(
  body: ReadableStream<Uint8Array> | null,
  headers: Headers,
  payload: string,
  signer: ChunkSigner,
  checksums: Map<string, string>,
): AsyncGenerator<Uint8Array> {
  const trailing = listed(headers.get("x-amz-trailer")?.toLowerCase() ?? "");
  const names = [...checksums.keys(), ...trailing.filter(isChecksumHeader)];
  const running = names.map((name) => [name, startChecksum(name)] as const);
  const md5 = headers.has("content-md5") ? startMd5() : undefined;
  const sha = /^[0-9a-f]{64}$/.test(payload) ? createHash("sha256") : undefined;
  const trailer: Trailer = new Map();
  let size = 0;
  for await (const bytes of plainBytes(body, payload, signer, trailer)) {
    size += bytes.length;
    for (const [, checksum] of running) checksum.update(bytes);
    md5?.update(bytes);
    sha?.update(bytes);
    yield bytes;
  }
  const announced = headers.get("x-amz-decoded-content-length");
  if (announced !== null && Number(announced) !== size) {
    throw new S3Error("IncompleteBody", `The body has ${size} bytes, and not ${announced}`);
  }
  if (sha && sha.digest("hex") !== payload) {
    throw new S3Error("XAmzContentSHA256Mismatch", "The body is not the one that was signed");
  }
  if (md5 && md5.digest() !== headers.get("content-md5")) {
    throw new S3Error("BadDigest", "The body does not have this Content-MD5");
  }
  for (const [name, checksum] of running) {
    const expected = checksums.get(name) ?? trailer.get(name);
    if (checksum.digest() !== expected) {
      throw new S3Error("BadDigest", `The body does not have the ${name} that came with it`);
    }
    checksums.set(name, expected);
  }
}

/** @throws {S3Error} for a kind of body that is not known */
function plainBytes(
  body: ReadableStream<Uint8Array> | null,
  payload: string,
  signer: ChunkSigner,
  trailer: Trailer,
): AsyncIterable<Uint8Array> {
  const bytes = body ?? new Blob().stream();
  switch (payload) {
    case "STREAMING-AWS4-HMAC-SHA256-PAYLOAD":
    case "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER":
      return chunksOf(bytes, trailer, signer);
    case "STREAMING-UNSIGNED-PAYLOAD-TRAILER":
      return chunksOf(bytes, trailer);
  }
  if (payload === "UNSIGNED-PAYLOAD" || /^[0-9a-f]{64}$/.test(payload)) return bytes;
  throw new S3Error("InvalidRequest", `A body of the kind ${payload} is not known`);
}
