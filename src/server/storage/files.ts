import { createHash } from "node:crypto";
import { replaceFile, writeAll } from "../../files/atomic.ts";
import { STATE_FILES } from "../../shared/contract/state.ts";
import { ApiError } from "../http/api_error.ts";
import { type Range, readRange } from "../http/range.ts";
import type { LocalBackend } from "../services.ts";

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

/** The contents of the objects of a backend. */
export function openObjectFiles({ dataDir }: LocalBackend): ObjectFiles {
  return new ObjectFiles(`${dataDir}/${STATE_FILES.storage}`);
}

/** The contents of objects, in files named by ids that say nothing of them. */
export class ObjectFiles {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /**
   * Writes a content as it streams in. It is on the disk, under its name, when this resolves.
   * @throws {ApiError} 413 when it is larger than `maxBytes`; nothing is kept then
   */
  async add(chunks: AsyncIterable<Uint8Array>, maxBytes: number): Promise<StoredFile> {
    const id = crypto.randomUUID();
    await Deno.mkdir(this.#folderOf(id), { recursive: true, mode: 0o700 });
    const stored = await replaceFile(this.#path(id), ({ file }) => write(file, chunks, maxBytes));
    return { id, ...stored };
  }

  /** Reads a content, or a part of it, as a stream. */
  async read(id: string, range?: Range): Promise<ReadableStream<Uint8Array<ArrayBuffer>>> {
    const file = await Deno.open(this.#path(id));
    return range ? ReadableStream.from(readRange(file, range)) : file.readable;
  }

  /** Removes contents; one that is gone already is no error. */
  async remove(ids: readonly string[]): Promise<void> {
    for (const id of ids) {
      await Deno.remove(this.#path(id)).catch((error) => {
        if (!(error instanceof Deno.errors.NotFound)) throw error;
      });
    }
  }

  /**
   * Removes what no object refers to: halves of uploads that were broken off, and what a crash left
   * behind.
   * @param before leaves what is younger, which may be on its way in
   */
  async collect(isKept: (id: string) => boolean, before: Date): Promise<void> {
    for await (const { name: folder } of readFolder(this.#folder)) {
      for await (const { name } of readFolder(`${this.#folder}/${folder}`)) {
        if (isKept(name)) continue;
        const path = `${this.#folder}/${folder}/${name}`;
        const { mtime } = await Deno.stat(path);
        if (mtime && mtime < before) await Deno.remove(path);
      }
    }
  }

  #folderOf(id: string): string {
    return `${this.#folder}/${id.slice(0, 2)}`;
  }

  #path(id: string): string {
    return `${this.#folderOf(id)}/${id}`;
  }
}

async function write(
  file: Deno.FsFile,
  chunks: AsyncIterable<Uint8Array>,
  maxBytes: number,
): Promise<Omit<StoredFile, "id">> {
  const hash = createHash("md5");
  const head = new Uint8Array(HEAD_BYTES);
  let size = 0;
  for await (const chunk of chunks) {
    if (size < HEAD_BYTES) head.set(chunk.subarray(0, HEAD_BYTES - size), size);
    size += chunk.length;
    if (size > maxBytes) throw tooLarge(maxBytes);
    hash.update(chunk);
    await writeAll(file, chunk);
  }
  return { size, etag: hash.digest("hex"), head: head.subarray(0, Math.min(size, HEAD_BYTES)) };
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

async function* readFolder(path: string): AsyncGenerator<Deno.DirEntry> {
  try {
    yield* Deno.readDir(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
