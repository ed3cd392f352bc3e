/** Reads every file once: for its hash, and for what should not be published. */
import { createHash } from "node:crypto";
import type { ManifestEntry } from "../../../shared/contract/deployments.ts";
import { reason } from "../../../files/reason.ts";
import { FileError } from "../../../core/errors.ts";
import { forEachParallel } from "../../../core/parallel.ts";
import { isDump } from "./dumps.ts";
import { isPrivateKey } from "./private_keys.ts";
import { type Leak, LeakScanner, type Secret } from "./leaks.ts";
import type { SourceFile } from "./select.ts";

/** A file with the hash of its content. */
export interface HashedFile extends SourceFile, ManifestEntry {
  readonly path: string;
  readonly size: number;
}

/** What was read. */
export interface ReadFiles {
  readonly files: readonly HashedFile[];
  readonly leaks: readonly Leak[];
  /** The paths of those that are dumps of a database. */
  readonly dumps: readonly string[];
  /** The paths of those that are private keys by what they hold. */
  readonly keys: readonly string[];
}

const WIDTH = 4;

/** For so many milliseconds at most nothing else is heard, such as Ctrl-C. */
const DEAF_MS = 50;

/**
 * Reads the files; `onFile` is called after each. The size is that of what was read.
 * @throws {FileError} when one cannot be read
 */
export async function readFiles(
  files: readonly SourceFile[],
  secrets: readonly Secret[],
  signal: AbortSignal,
  onFile: () => void,
): Promise<ReadFiles> {
  const leaks: Leak[] = [];
  const dumps: string[] = [];
  const keys: string[] = [];
  const hashed: HashedFile[] = new Array(files.length);
  // One for all small files: thousands of arrays would be garbage before anybody collects it.
  const place = new Uint8Array(SMALL_BYTES);
  let heardAt = performance.now();
  await forEachParallel(files.entries(), WIDTH, async ([index, file]) => {
    if (performance.now() - heardAt > DEAF_MS) {
      await new Promise((resolve) => setTimeout(resolve));
      heardAt = performance.now();
    }
    signal.throwIfAborted();
    const hash = createHash("sha1");
    const scanner = new LeakScanner(secrets);
    let size = 0;
    let isOfDatabase: Promise<boolean> | undefined;
    const see = (chunk: Uint8Array<ArrayBuffer>) => {
      // It has taken what it looks at before it waits: the next file takes the chunk's place.
      isOfDatabase ??= isDump(chunk);
      if (size === 0 && isPrivateKey(chunk)) keys.push(file.path);
      size += chunk.length;
      hash.update(chunk);
      scanner.see(chunk);
    };
    if (isSmall(file)) see(place.subarray(0, readInto(file, place)));
    else for await (const chunk of contentOf(file)) see(chunk);
    if (await isOfDatabase) dumps.push(file.path);
    hashed[index] = { ...file, size, sha: hash.digest("hex") };
    for (const name of scanner.found) leaks.push({ name, path: file.path });
    onFile();
  });
  return { files: hashed, leaks, dumps: dumps.sort(), keys };
}

/** Whether a file is read whole. */
export function isSmall({ size }: SourceFile): boolean {
  return size <= SMALL_BYTES;
}

/**
 * The content of a small file: read synchronously, as a change of threads takes several times as
 * long.
 * @throws {FileError}
 */
export function wholeOf(file: SourceFile): Uint8Array<ArrayBuffer> {
  try {
    return Deno.readFileSync(file.location);
  } catch (error) {
    throw unreadable(file, error);
  }
}

/**
 * Reads a small file into a place, as much of it as there is room for: of one that changed, that is
 * something else.
 * @returns bytes
 * @throws {FileError}
 */
export function readInto(file: SourceFile, place: Uint8Array): number {
  try {
    using handle = Deno.openSync(file.location);
    let size = 0;
    for (let read; (read = handle.readSync(place.subarray(size)));) size += read;
    return size;
  } catch (error) {
    throw unreadable(file, error);
  }
}

/** The content of a file, piece by piece. @throws {FileError} */
export async function* contentOf(file: SourceFile): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  using handle = await openFile(file);
  const buffer = new Uint8Array(Math.min(Math.max(file.size, 1), PIECE_BYTES));
  try {
    for (let read; (read = await handle.read(buffer)) !== null;) yield buffer.subarray(0, read);
  } catch (error) {
    throw unreadable(file, error);
  }
}

/** Opens a file. @throws {FileError} */
export async function openFile(file: SourceFile): Promise<Deno.FsFile> {
  try {
    return await Deno.open(file.location);
  } catch (error) {
    throw unreadable(file, error);
  }
}

function unreadable(file: SourceFile, cause: unknown): FileError {
  return new FileError(`Cannot read ${file.path}: ${reason(cause)}.`, { cause });
}

const SMALL_BYTES = 1024 * 1024;
const PIECE_BYTES = 256 * 1024;
