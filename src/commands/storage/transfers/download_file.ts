/** Downloads an object into a file, whole or not at all. */
import { dirname } from "@std/path";
import { downloadObject } from "../../../client/backend/storage.ts";
import type { HttpClient } from "../../../client/http.ts";
import type { Context } from "../../../cli/context.ts";
import { CliError, OperationError } from "../../../core/errors.ts";
import { makeFolder } from "../../../files/folders.ts";
import { writeAll, writeAllSync } from "../../../files/atomic.ts";
import { cannotWrite, openPipe } from "../../../files/output_file.ts";
import { isWrittenDirectly, type Left, PartialFile } from "../../../files/partial_file.ts";
import { placeWithin } from "../../../files/real_path.ts";
import type { Meter } from "./transfer.ts";

/** What is downloaded, and where to. */
export interface Download {
  readonly bucket: string;
  readonly key: string;
  readonly target: string;
  /** Whether to go on with what an earlier download left. */
  readonly resume: boolean;
  /** The real folder that the target has to be in, and whose subfolders may have to be made. */
  readonly folder?: string;
}

/**
 * Streams an object into a file beside its target, which takes the target's name at the end. What
 * is broken off stays for `--resume`, with the ETag of its version: a resumed download never joins
 * two versions. A pipe or device is written to itself.
 * @returns the size in bytes
 * @throws {HttpError} 404 @throws {FileError} when it cannot be written, or a link leads out of its
 * folder
 */
export async function downloadFile(
  context: Context,
  backend: HttpClient,
  wanted: Download,
  meter: Meter,
): Promise<number> {
  const { folder } = wanted;
  const target = folder === undefined ? wanted.target : placeWithin(folder, wanted.target);
  const download = { ...wanted, target };
  try {
    if (await isWrittenDirectly(target)) return await pour(context, backend, download, meter);
    if (folder !== undefined) await makeFolder(dirname(target));
    using partial = await PartialFile.open(target);
    return await complete(partial, context, backend, download, meter);
  } catch (error) {
    if (error instanceof CliError) throw error;
    throw cannotWrite(target, error);
  }
}

async function pour(
  { surroundings }: Context,
  backend: HttpClient,
  { bucket, key, target }: Download,
  meter: Meter,
): Promise<number> {
  using pipe = await openPipe(target);
  const { body } = await downloadObject(backend, surroundings, { bucket, key });
  let size = 0;
  for await (const chunk of body ?? []) {
    await writeAll(pipe, chunk);
    size += chunk.length;
    meter.add(chunk.length);
  }
  return size;
}

async function complete(
  partial: PartialFile,
  context: Context,
  backend: HttpClient,
  download: Download,
  meter: Meter,
): Promise<number> {
  try {
    const size = await fill(partial, context, backend, download, meter);
    await partial.keep();
    return size;
  } catch (error) {
    throw await brokenOff(error, context, download.key, partial);
  }
}

async function fill(
  partial: PartialFile,
  { surroundings }: Context,
  backend: HttpClient,
  { bucket, key, resume }: Download,
  meter: Meter,
): Promise<number> {
  const left = resume ? await partial.left() : undefined;
  const rest = left && restOf(left);
  let response = await downloadObject(backend, surroundings, { bucket, key, rest });
  if (rest && isRest(response, rest)) return await write(partial, rest.from, response, meter);
  if (rest && response.status !== 200) {
    await response.body?.cancel();
    response = await downloadObject(backend, surroundings, { bucket, key });
  }
  await partial.begin(versionOf(response));
  return await write(partial, 0, response, meter);
}

interface Rest {
  /** In bytes. */
  readonly from: number;
  readonly etag: string;
}

/** What is missing of a download; its last byte comes again, as no range is empty. */
function restOf({ size, version }: Left): Rest {
  return { from: size - 1, etag: version };
}

function isRest(response: Response, { from, etag }: Rest): boolean {
  return response.status === 206 && versionOf(response) === etag &&
    (response.headers.get("content-range") ?? "").startsWith(`bytes ${from}-`);
}

/** The ETag that stands for exactly these bytes; a weak one, or one of packed content, does not. */
function versionOf({ headers }: Response): string | undefined {
  const etag = headers.get("etag");
  return etag?.startsWith('"') && !headers.has("content-encoding") ? etag : undefined;
}

async function write(
  { file }: PartialFile,
  from: number,
  { headers, body }: Response,
  meter: Meter,
): Promise<number> {
  const isPlain = !headers.has("content-encoding");
  const length = headers.get("content-length");
  const expected = length !== null && isPlain ? Number(length) : undefined;
  if (expected !== undefined) meter.expect(expected);
  await file.seek(from, Deno.SeekMode.Start);
  let size = from;
  for await (const chunk of body ?? []) {
    // The system buffers what is written: waiting for each piece would take three times as long.
    writeAllSync(file, chunk);
    size += chunk.length;
    meter.add(chunk.length);
  }
  await file.truncate(size);
  if (expected !== undefined && size - from !== expected) {
    throw new OperationError(`The download broke off after ${size} bytes.`, "DOWNLOAD_INCOMPLETE");
  }
  return size;
}

/** The error of a download of which something, or nothing, stays for another try. */
async function brokenOff(
  error: unknown,
  { signal }: Context,
  key: string,
  partial: PartialFile,
): Promise<unknown> {
  const kept = await partial.size();
  if (kept === 0) await partial.discard();
  if (!(error instanceof CliError) || signal.aborted || kept === 0) return error;
  const { message, code } = error;
  return new OperationError(`${key}: ${message}`, code, {
    hint: "What has arrived is kept: go on with --resume.",
    cause: error,
  });
}
