/** Sends all files as one archive, for backends that take nothing else. */
import { createArchiveDeployment } from "../../../client/backend/deployments.ts";
import { sizedForm } from "../../../client/form.ts";
import type { HttpClient } from "../../../client/http.ts";
import { objectStoreClient } from "../../../client/object_store.ts";
import { transferTimeoutMs } from "../../../client/sized_body.ts";
import type { Context } from "../../../cli/context.ts";
import { bar } from "../../../terminal/bar.ts";
import { measureArchive, packFiles } from "./archive.ts";
import type { SourceFile } from "./select.ts";
import type { Uploaded } from "./upload.ts";

/**
 * Makes a deployment and sends the archive to where the backend says. It is packed twice, once to
 * know its length, so that it needs neither a file nor memory of its size.
 * @param onCreated told the deployment's id before anything is sent
 */
export async function uploadArchive(
  context: Context,
  backend: HttpClient,
  files: readonly SourceFile[],
  onCreated: (id: string) => void,
): Promise<Uploaded> {
  using progress = context.progress("Packing the files");
  const counter = (text: string) => {
    let done = 0;
    return () => progress.update(`${text} ${bar(done++, files.length)}`);
  };
  const size = await measureArchive(files, counter("Packing"));
  context.signal.throwIfAborted();
  const { id, uploadUrl, uploadFields } = await createArchiveDeployment(backend);
  onCreated(id);
  const form = sizedForm(uploadFields, {
    field: "file",
    filename: "deployment.zip",
    contentType: "application/zip",
    size,
    open: () => packFiles(files, counter("Uploading")),
  });
  const response = await objectStoreClient(uploadUrl, context.surroundings)
    .stream("POST", uploadUrl, {
      ...form,
      idempotent: true,
      timeoutMs: transferTimeoutMs(form.body.size),
    });
  await response.body?.cancel();
  return { id, sent: files.length };
}
