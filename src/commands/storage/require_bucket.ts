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
    if (error instanceof HttpError && error.status === 404) await refuseLostBucket(backend, name);
    throw error;
  });
}

/**
 * Asks whether the bucket is there where nothing that was done in it was found.
 * @param codes of the errors of all of it
 * @throws {NotFoundError}
 */
export async function requireBucketAfter(
  codes: readonly (string | undefined)[],
  backend: HttpClient,
  name: string,
): Promise<void> {
  if (codes.every((code) => code?.endsWith("NOT_FOUND"))) await refuseLostBucket(backend, name);
}

/** {@link requireBucket}, but where that fails by itself there is nothing to be said. */
async function refuseLostBucket(backend: HttpClient, name: string): Promise<void> {
  await requireBucket(backend, name).catch((reason) => {
    if (reason instanceof NotFoundError) throw reason;
  });
}
