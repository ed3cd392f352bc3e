/** Downloads an object into a file, whole or not at all. */
import { dirname } from "@std/path";
import { downloadObject } from "../api/backend/storage.ts";
import type { HttpClient } from "../api/http.ts";
import { reason } from "../config/json_file.ts";
import type { Context } from "../context.ts";
import { CliError, FileError, OperationError } from "../errors.ts";
import { partialPath } from "../grants.ts";

/** How many bytes that are there already are fetched again, to see that they are of the same content. */
const OVERLAP_BYTES = 64 * 1024;

/** What is downloaded, and where to. */
export interface Download {
  readonly bucket: string;
  readonly key: string;
  readonly target: string;
  /** Whether to go on with what an earlier download left. */
  readonly resume: boolean;
  /** Whether the target's folder may have to be made. */
  readonly makeFolder?: boolean;
}

/**
 * Streams an object into a file beside its target, which takes the target's name at the end. What is broken off stays for
 * `--resume`.
 * @param sent takes the bytes as they arrive
 * @returns the size in bytes
 * @throws {HttpError} 404 @throws {FileError} when it cannot be written
 */
export async function downloadFile(
  context: Context,
  backend: HttpClient,
  download: Download,
  sent: (bytes: number) => void,
): Promise<number> {
  const { bucket, key, target, resume, makeFolder } = download;
  const partial = partialPath(target);
  const have = resume ? await sizeOf(partial) : 0;
  const from = Math.max(0, have - OVERLAP_BYTES);
  const response = await downloadObject(backend, context.surroundings, { bucket, key, from });
  try {
    if (makeFolder) await Deno.mkdir(dirname(target), { recursive: true });
    const overlap = response.status === 206 && from > 0 ? await firstChunk(response) : undefined;
    const isOther = overlap && !await hasAt(partial, from, overlap);
    if (isOther || response.status === 416) {
      await response.body?.cancel();
      return await downloadFile(context, backend, { ...download, resume: false }, sent);
    }
    const size = await write(partial, { from: overlap ? from : 0, overlap, response }, sent);
    await Deno.rename(partial, target);
    return size;
  } catch (error) {
    throw await failure(error, context, key, target, partial);
  }
}

async function firstChunk({ body }: Response): Promise<Uint8Array> {
  const reader = body!.getReader();
  const { value = new Uint8Array() } = await reader.read();
  reader.releaseLock();
  return value;
}

/** Whether a file has these bytes at a place, as far as it reaches. */
async function hasAt(path: string, place: number, bytes: Uint8Array): Promise<boolean> {
  using file = await Deno.open(path);
  await file.seek(place, Deno.SeekMode.Start);
  const there = new Uint8Array(Math.min(bytes.length, OVERLAP_BYTES));
  let read = 0;
  while (read < there.length) {
    const count = await file.read(there.subarray(read));
    if (count === null) break;
    read += count;
  }
  return there.subarray(0, read).every((byte, n) => byte === bytes[n]);
}

async function write(
  partial: string,
  { from, overlap, response }: {
    readonly from: number;
    readonly overlap?: Uint8Array;
    readonly response: Response;
  },
  sent: (bytes: number) => void,
): Promise<number> {
  using file = await Deno.open(partial, { write: true, create: true, truncate: from === 0 });
  await file.seek(from, Deno.SeekMode.Start);
  let size = from;
  const put = async (chunk: Uint8Array) => {
    for (let done = 0; done < chunk.length;) done += await file.write(chunk.subarray(done));
    size += chunk.length;
    sent(chunk.length);
  };
  if (overlap) await put(overlap);
  for await (const chunk of response.body ?? []) await put(chunk);
  await file.truncate(size);
  await file.sync();
  const expected = Number(response.headers.get("content-length") ?? size - from);
  if (size - from !== expected && !response.headers.has("content-encoding")) {
    throw new OperationError(`The download broke off after ${size} bytes.`, "DOWNLOAD_INCOMPLETE");
  }
  return size;
}

async function failure(
  error: unknown,
  { signal }: Context,
  key: string,
  target: string,
  partial: string,
): Promise<unknown> {
  const kept = await sizeOf(partial);
  if (kept === 0) await Deno.remove(partial).catch(() => {});
  if (error instanceof CliError) {
    if (signal.aborted || kept === 0) return error;
    const { message, code } = error;
    return new OperationError(`${key}: ${message}`, code, {
      hint: "What has arrived is kept: go on with --resume.",
      cause: error,
    });
  }
  return new FileError(`Cannot write ${target}: ${reason(error)}.`, { cause: error });
}

async function sizeOf(path: string): Promise<number> {
  try {
    return (await Deno.stat(path)).size;
  } catch {
    return 0;
  }
}
