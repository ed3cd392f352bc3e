/** Sends files, several at a time: those alone that the backend does not have yet. */
import {
  createDirectDeployment,
  uploadFile,
  uploadFiles,
} from "../../../client/backend/deployments.ts";
import type { HttpClient } from "../../../client/http.ts";
import type { SizedBody } from "../../../client/sized_body.ts";
import type { DeploymentManifestFile } from "../../../shared/contract/backend.ts";
import { BATCH_BYTES } from "../../../shared/contract/deployments.ts";
import type { Context } from "../../../cli/context.ts";
import { FileError, HttpError, OperationError } from "../../../core/errors.ts";
import { formatBytes } from "../../../terminal/bytes.ts";
import { bar } from "../../../terminal/bar.ts";
import { forEachParallel } from "../../../core/parallel.ts";
import { contentOf, type HashedFile, isSmall, readInto, wholeOf } from "./read.ts";

const WIDTH = 8;
/** Where files go together, one request is read while another one is answered. */
const BATCHES_WIDTH = 2;

/** A deployment whose files are at the backend. */
export interface Uploaded {
  readonly id: string;
  /** How many files were sent. */
  readonly sent: number;
}

/**
 * Makes a deployment of the files and sends what the backend wants of them. Nothing when the
 * backend takes archives alone.
 * @param onCreated told the deployment's id before anything is sent
 */
export async function uploadDirectly(
  context: Context,
  backend: HttpClient,
  files: readonly HashedFile[],
  onCreated: (id: string) => void,
): Promise<Uploaded | undefined> {
  using progress = context.progress("Announcing the files");
  const created = await createDirectDeployment(
    backend,
    files.map(({ path, sha, size }) => ({ path, sha, size })),
  );
  if (!created) return undefined;
  onCreated(created.id);
  const byPath = new Map(files.map((file) => [file.path, file]));
  const wanted = created.files.filter(({ uploadedAt }) => !uploadedAt);
  let done = 0;
  const show = () =>
    progress.update(`Uploading ${bar(done, wanted.length)} ${done} of ${wanted.length} files`);
  show();
  const asked = wanted.map((entry): AskedFile => {
    const file = byPath.get(entry.path);
    if (file) return { entry, file };
    throw new OperationError(
      `The backend asks for ${entry.path}, which is not among the files.`,
      "INVALID_RESPONSE",
    );
  });
  const width = created.batchBytes ? BATCHES_WIDTH : WIDTH;
  await forEachParallel(together(asked, created.batchBytes), width, async (batch) => {
    await send(backend, created.id, batch).catch((error) => explain(error, batch));
    done += batch.length;
    show();
  });
  return { id: created.id, sent: wanted.length };
}

/** A file, and what the backend calls it. */
interface AskedFile {
  readonly entry: DeploymentManifestFile;
  readonly file: HashedFile;
}

/** Puts small files together for a backend that takes so many bytes at once, if it says so. */
function* together(files: readonly AskedFile[], batchBytes = 0): Generator<AskedFile[]> {
  const most = Math.min(batchBytes, BATCH_BYTES);
  let batch: AskedFile[] = [];
  let bytes = 0;
  for (const asked of files) {
    bytes += asked.file.size;
    if (batch.length > 0 && !(bytes < most)) {
      yield batch;
      batch = [];
      bytes = asked.file.size;
    }
    batch.push(asked);
  }
  if (batch.length > 0) yield batch;
}

async function send(
  backend: HttpClient,
  id: string,
  batch: readonly AskedFile[],
): Promise<void> {
  const [{ entry, file }] = batch as [AskedFile];
  if (batch.length === 1) await uploadFile(backend, id, entry, bodyOf(file));
  else {
    const files = batch.map(({ entry, file }) => ({
      fileId: entry.fileId,
      size: file.size,
      readInto: (place: Uint8Array) => readInto(file, place),
    }));
    await uploadFiles(backend, id, files);
  }
}

function bodyOf(file: HashedFile): Uint8Array<ArrayBuffer> | SizedBody {
  return isSmall(file) ? wholeOf(file) : { size: file.size, open: () => contentOf(file) };
}

/** A content that is refused is too large for the backend, or changed since it was read. */
async function explain(error: unknown, batch: readonly AskedFile[]): Promise<never> {
  const [{ file: { path, size } }] = batch as [AskedFile];
  if (error instanceof HttpError && error.status === 413 && batch.length === 1) {
    throw new FileError(
      `${path} (${formatBytes(size)}) is larger than the backend accepts.`,
      { hint: "Leave it out with a .insforgeignore file, or make it smaller.", cause: error },
    );
  }
  if (error instanceof HttpError && error.status === 400) {
    for (const { file } of batch) {
      const info = await Deno.stat(file.location).catch(() => undefined);
      if (info?.size === file.size) continue;
      throw new FileError(`${file.path} changed while it was uploaded.`, {
        hint: "Deploy again when nothing writes to the folder.",
        cause: error,
      });
    }
  }
  throw error;
}
