import { listBuckets, noBucket } from "../../client/backend/storage.ts";
import type { HttpClient } from "../../client/http.ts";
import { HttpError, NotFoundError } from "../../core/errors.ts";

/**
 * Finds out whether a bucket is there, where an answer does not tell: backends list no objects of
 * one that is not (section 7.2 of the HTTP contract).
 * @throws {NotFoundError}
 */
export async function requireBucket(backend: HttpClient, name: string): Promise<void> {
  const buckets = await listBuckets(backend);
  if (buckets.some((bucket) => bucket.name === name)) return;
  throw noBucket(name);
}

/**
 * Waits for what is done with an object: where that is not there, it may be that the bucket is not.
 * @throws {NotFoundError}
 */
export async function inBucket<T>(
  backend: HttpClient,
  name: string,
  work: Promise<T>,
): Promise<T> {
  return await work.catch(async (error) => {
    if (!(error instanceof HttpError) || error.status !== 404) throw error;
    const reason = await requireBucket(backend, name).catch((reason) => reason);
    throw reason instanceof NotFoundError ? reason : error;
  });
}
