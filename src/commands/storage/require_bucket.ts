import { listBuckets, noBucket } from "../../client/backend/storage.ts";
import type { HttpClient } from "../../client/http.ts";

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
