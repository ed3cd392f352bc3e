import { ApiError } from "../http/api_error.ts";
import { type FormFile, readForm } from "../http/multipart.ts";
import type { RequestContext } from "../services.ts";
import { contentTypeOf } from "./content_type.ts";
import { type ObjectFiles, tooLarge } from "./files.ts";
import type { StorageStore, StoredObject } from "./store.ts";

/** Bytes that a form adds to its file. */
const FORM_BYTES = 64 * 1024;

/**
 * Stores the file of a form as an object of the bucket in the path (contract section 7.3).
 * @param keyFor names the object
 * @throws {ApiError} 400 without a bucket or a file, 403, 413 when it is too large
 */
export async function receiveObject(
  context: RequestContext,
  store: StorageStore,
  files: ObjectFiles,
  keyFor: (file: FormFile) => string,
): Promise<StoredObject> {
  const bucket = context.req.param("bucket")!;
  const { maxBytes, hasBucket } = await store.limits(bucket);
  const length = Number(context.req.header("content-length") ?? 0);
  if (length > maxBytes + FORM_BYTES) throw tooLarge(maxBytes);
  if (!hasBucket) {
    throw new ApiError(
      400,
      "DATABASE_CONSTRAINT_VIOLATION",
      `There is no bucket ${bucket}`,
      "Create the bucket first.",
    );
  }
  const received = await readForm(context, async (part) => {
    if (part.field !== "file") return undefined;
    const key = keyFor(part);
    const { id: fileId, head, ...content } = await files.add(part.chunks, maxBytes);
    const mimeType = contentTypeOf(head, part.contentType);
    try {
      const object = { bucket, key, mimeType, ...content, fileId };
      return await store.put(context.get("identity"), object);
    } catch (error) {
      await files.remove([fileId]);
      throw error;
    }
  });
  if (!received) {
    throw new ApiError(400, "STORAGE_INVALID_PARAMETER", "The form has no part `file`");
  }
  if (received.replaced) await files.remove([received.replaced]);
  return received.object;
}
