/** Bodies in the chunks of `aws-chunked` (contract section 18.3). */
import { createHash } from "node:crypto";
import { concatBytes } from "../../../core/bytes.ts";
import { equal } from "../../keys/equal.ts";
import type { ChunkSigner } from "./claim.ts";
import { S3Error } from "./s3_error.ts";
import { EMPTY_SHA256, sha256 } from "./signing.ts";

/** Fields that follow the last chunk, by their names in lower case. */
export type Trailer = Map<string, string>;

/** Bytes of the longest line between chunks, and of a whole trailer. */
const MAX_LINE = 16 * 1024;
const TRAILER_SIGNATURE = "x-amz-trailer-signature";

/**
 * The data of chunks, each signed with the one before where there is a signer.
 * @param trailer gets what follows the last one
 * @throws {S3Error} when a chunk is not the one that was signed, or the body is cut off
 */
export async function* chunksOf(
  bytes: AsyncIterable<Uint8Array>,
  trailer: Trailer,
  signing?: ChunkSigner,
): AsyncGenerator<Uint8Array> {
  const reader = new PieceReader(bytes);
  let before = signing?.seed ?? "";
  for (;;) {
    const [, size, signature = ""] =
      /^([0-9a-f]{1,12})(?:;chunk-signature=([0-9a-f]{64}))?$/i.exec(await reader.line()) ?? [];
    if (size === undefined) throw malformed();
    const length = parseInt(size, 16);
    const hash = signing && createHash("sha256");
    for await (const piece of reader.take(length)) {
      hash?.update(piece);
      yield piece;
    }
    if (signing && hash) {
      const kind = "AWS4-HMAC-SHA256-PAYLOAD";
      const own = signing.signer.sign(kind, before, EMPTY_SHA256, hash.digest("hex"));
      if (!equal(own, signature)) throw notSigned();
      before = signature;
    }
    if (length === 0) break;
    if (await reader.line() !== "") throw malformed();
  }
  const lines = await reader.trailer();
  for (const line of lines) {
    const end = line.indexOf(":");
    if (end < 1) throw malformed();
    trailer.set(line.slice(0, end).toLowerCase(), line.slice(end + 1).trim());
  }
  if (signing && trailer.size > 0) requireSignedTrailer(trailer, signing, before);
}

function requireSignedTrailer(trailer: Trailer, { signer }: ChunkSigner, before: string): void {
  const signature = trailer.get(TRAILER_SIGNATURE) ?? "";
  trailer.delete(TRAILER_SIGNATURE);
  const text = [...trailer].map(([name, value]) => `${name}:${value}\n`).join("");
  const own = signer.sign("AWS4-HMAC-SHA256-TRAILER", before, sha256(text));
  if (!equal(own, signature)) throw notSigned();
}

/** Reads lines and counted bytes off a stream. */
class PieceReader {
  readonly #source: AsyncIterator<Uint8Array>;
  #buffer: Uint8Array = new Uint8Array();

  constructor(bytes: AsyncIterable<Uint8Array>) {
    this.#source = bytes[Symbol.asyncIterator]();
  }

  /** A line without its end. @throws {S3Error} when the body ends before */
  async line(): Promise<string> {
    for (;;) {
      const end = this.#buffer.indexOf(0x0a);
      if (end >= 0) {
        const text = new TextDecoder().decode(this.#buffer.subarray(0, end));
        this.#buffer = this.#buffer.subarray(end + 1);
        return text.replace(/\r$/, "");
      }
      if (this.#buffer.length > MAX_LINE) throw malformed();
      this.#buffer = concatBytes([this.#buffer, await this.#next()]);
    }
  }

  /** So many bytes, in pieces. */
  async *take(length: number): AsyncGenerator<Uint8Array> {
    for (let left = length; left > 0;) {
      if (this.#buffer.length === 0) this.#buffer = await this.#next();
      const piece = this.#buffer.subarray(0, left);
      this.#buffer = this.#buffer.subarray(piece.length);
      left -= piece.length;
      yield piece;
    }
  }

  /** The lines up to the end. */
  async trailer(): Promise<string[]> {
    let next = await this.#source.next();
    for (; !next.done; next = await this.#source.next()) {
      this.#buffer = concatBytes([this.#buffer, next.value]);
      if (this.#buffer.length > MAX_LINE) throw malformed();
    }
    return new TextDecoder().decode(this.#buffer).split(/\r?\n/).filter((line) => line !== "");
  }

  async #next(): Promise<Uint8Array> {
    const { done, value } = await this.#source.next();
    if (done) throw new S3Error("IncompleteBody", "The body ended before its last chunk");
    return value;
  }
}

function malformed(): S3Error {
  return new S3Error("InvalidRequest", "The body is not in the chunks of aws-chunked");
}

function notSigned(): S3Error {
  return new S3Error("SignatureDoesNotMatch", "A chunk is not the one that was signed");
}
