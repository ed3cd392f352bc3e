/** Fetches a release's executable, as its manifest describes it or not at all. */
import { createHash } from "node:crypto";
import { createTarDecoder } from "modern-tar";
import type { HttpClient } from "../client/http.ts";
import { writeAll } from "../files/atomic.ts";
import { reason } from "../files/reason.ts";
import { createReplacement, discardReplacement } from "../files/replace_executable.ts";
import { CliError, FileError, OperationError } from "../core/errors.ts";
import type { ReleaseFile } from "./manifest.ts";

/** What is fetched, and where it goes. */
export interface Fetching {
  readonly version: string;
  readonly archive: ReleaseFile;
  readonly executable: ReleaseFile;
  /** The file that is written. It exists only when this succeeds. */
  readonly target: string;
  /** Called with the bytes of the archive that have arrived. */
  readonly onProgress: (received: number) => void;
}

/**
 * Unpacks the archive as it comes and compares size and SHA-256 at its end.
 * @throws {OperationError} when the archive is damaged
 * @throws {FileError} when the target cannot be written
 */
export async function fetchExecutable(client: HttpClient, fetching: Fetching): Promise<void> {
  const { version, archive, target } = fetching;
  let hasBegun = false;
  try {
    using file = await createReplacement(target);
    hasBegun = true;
    const response = await client.stream("GET", `/download/v${version}/${archive.name}`);
    await unpack(response.body!, file, fetching);
  } catch (error) {
    if (hasBegun) await discardReplacement(target);
    if (error instanceof CliError) throw error;
    // What neither the network nor the disk failed at is an archive that is none.
    if (!isOfSystem(error)) throw damaged(archive);
    throw new FileError(`Cannot write ${target}: ${reason(error)}.`, {
      hint: "Check that the folder is writable and the disk is not full.",
      cause: error,
    });
  }
}

async function unpack(
  body: ReadableStream<Uint8Array>,
  file: Deno.FsFile,
  fetching: Fetching,
): Promise<void> {
  const { archive, executable, onProgress } = fetching;
  const digest = createHash("sha256");
  let received = 0;
  const counted = new TransformStream<Uint8Array, Uint8Array<ArrayBuffer>>({
    transform(chunk, controller) {
      digest.update(chunk);
      received += chunk.length;
      onProgress(received);
      if (received > archive.size) return controller.error(damaged(archive));
      controller.enqueue(chunk as Uint8Array<ArrayBuffer>);
    },
  });
  const entries = body
    .pipeThrough(counted)
    .pipeThrough(new DecompressionStream("gzip"))
    .pipeThrough(createTarDecoder());
  let written = 0;
  for await (const { header, body } of entries) {
    if (header.name !== executable.name) {
      await body.cancel();
      continue;
    }
    for await (const chunk of body) {
      written += chunk.length;
      // The digest is known at the end alone, and a full disk hurts others before.
      if (written > executable.size) throw damaged(archive);
      await writeAll(file, chunk);
    }
    await file.sync();
  }
  const isWhole = received === archive.size && written === executable.size;
  if (!isWhole || digest.digest("hex") !== archive.sha256) throw damaged(archive);
}

function isOfSystem(error: unknown): boolean {
  return Object.values(Deno.errors).some((kind) => error instanceof kind) ||
    (error instanceof Error && /os error/.test(error.message));
}

function damaged({ name }: ReleaseFile): OperationError {
  return new OperationError(
    `${name} is damaged: it is not what the release's manifest describes. Nothing was changed.`,
    "DAMAGED_DOWNLOAD",
    { hint: "Try again; if it stays so, the mirror or a proxy on the way changes it." },
  );
}
