/** Sends files one by one, several at a time: those alone that the backend does not have yet. */
import { createDirectDeployment, uploadFile } from "../../../client/backend/deployments.ts";
import type { HttpClient } from "../../../client/http.ts";
import type { SizedBody } from "../../../client/sized_body.ts";
import type { Context } from "../../../cli/context.ts";
import { FileError, HttpError, OperationError } from "../../../core/errors.ts";
import { formatBytes } from "../../../terminal/bytes.ts";
import { bar } from "../../../terminal/bar.ts";
import { forEachParallel } from "../../../core/parallel.ts";
import { contentOf, type HashedFile, isSmall, wholeOf } from "./read.ts";

const WIDTH = 8;

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
  await forEachParallel(wanted, WIDTH, async (entry) => {
    const file = byPath.get(entry.path);
    if (!file) {
      throw new OperationError(
        `The backend asks for ${entry.path}, which is not among the files.`,
        "INVALID_RESPONSE",
      );
    }
    await uploadFile(backend, created.id, entry, bodyOf(file)).catch((error) =>
      explain(error, file)
    );
    done++;
    show();
  });
  return { id: created.id, sent: wanted.length };
}

function bodyOf(file: HashedFile): Uint8Array<ArrayBuffer> | SizedBody {
  return isSmall(file) ? wholeOf(file) : { size: file.size, open: () => contentOf(file) };
}

/** A content that is refused is too large for the backend, or changed since it was read. */
async function explain(error: unknown, file: HashedFile): Promise<never> {
  if (error instanceof HttpError && error.status === 413) {
    throw new FileError(
      `${file.path} (${formatBytes(file.size)}) is larger than the backend accepts.`,
      { hint: "Leave it out with a .insforgeignore file, or make it smaller.", cause: error },
    );
  }
  if (error instanceof HttpError && error.status === 400) {
    const info = await Deno.stat(file.location).catch(() => undefined);
    if (info?.size !== file.size) {
      throw new FileError(`${file.path} changed while it was uploaded.`, {
        hint: "Deploy again when nothing writes to the folder.",
        cause: error,
      });
    }
  }
  throw error;
}
