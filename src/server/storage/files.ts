import { createHash } from "node:crypto";
import { ApiError } from "../http/api_error.ts";
import type { Range } from "../http/range.ts";

/** The beginning of a content that decides on its type. */
const HEAD_BYTES = 4096;

/** A content that was taken in. */
export interface StoredFile {
  /** The name of its file. */
  readonly id: string;
  readonly size: number;
  /** MD5 in hex. */
  readonly etag: string;
  /** The first bytes. */
  readonly head: Uint8Array;
}

/** The contents of objects, in files named by ids that say nothing of them. */
export interface ObjectFiles {
  /**
   * Writes a content as it streams in. It is kept, under its name, when this resolves.
   * @throws {ApiError} 413 when it is larger than `maxBytes`; nothing is kept then
   */
  add(chunks: AsyncIterable<Uint8Array>, maxBytes: number): Promise<StoredFile>;

  /** Reads a content, or a part of it, as a stream. */
  read(id: string, range?: Range): Promise<ReadableStream<Uint8Array<ArrayBuffer>>>;

  /** Removes contents; one that is gone already is no error. */
  remove(ids: readonly string[]): Promise<void>;

  /**
   * Removes what no object refers to: halves of uploads that were broken off, and what a crash left
   * behind.
   * @param before leaves what is younger, which may be on its way in
   */
  collect(isKept: (id: string) => boolean, before: Date): Promise<void>;
}

/** What is to be known of a content, gathered while it passes. */
export class Passing {
  readonly #hash = createHash("md5");
  readonly #head = new Uint8Array(HEAD_BYTES);
  readonly #maxBytes: number;
  #size = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** @throws {ApiError} 413 when it becomes too large */
  add(chunk: Uint8Array): void {
    if (this.#size < HEAD_BYTES) {
      this.#head.set(chunk.subarray(0, HEAD_BYTES - this.#size), this.#size);
    }
    this.#size += chunk.length;
    if (this.#size > this.#maxBytes) throw tooLarge(this.#maxBytes);
    this.#hash.update(chunk);
  }

  /** Ends it. */
  end(): Omit<StoredFile, "id"> {
    const head = this.#head.subarray(0, Math.min(this.#size, HEAD_BYTES));
    return { size: this.#size, etag: this.#hash.digest("hex"), head };
  }
}

/** The refusal of a content for its size. */
export function tooLarge(maxBytes: number): ApiError {
  return new ApiError(
    413,
    "STORAGE_INVALID_PARAMETER",
    `The file is larger than ${maxBytes / 1024 ** 2} MB`,
    "Send a smaller file, or raise the limit: PUT /api/storage/config",
  );
}
