/** Storage endpoints: section 7 of the HTTP contract. */
import { HttpError, NotFoundError } from "../../core/errors.ts";
import { sizedForm } from "../form.ts";
import { path } from "../address.ts";
import type { HttpClient, SharedSettings } from "../http.ts";
import { objectStoreClient } from "../object_store.ts";
import { sendSizedChange } from "../lost_answer.ts";
import { type SizedBody, transferTimeoutMs } from "../sized_body.ts";

export interface Bucket {
  readonly name: string;
  readonly public?: boolean;
  readonly createdAt?: string;
}

/** An object without its content. */
export interface StoredObject {
  readonly key: string;
  readonly bucket: string;
  readonly size: number;
  readonly mimeType?: string | null;
  readonly uploadedAt?: string;
  readonly url?: string;
}

/** A page of a bucket's objects, as it came and as rows. */
export interface ObjectPage {
  readonly body: unknown;
  readonly objects: readonly StoredObject[];
  /** Undefined where the backend does not say. */
  readonly total?: number;
}

export interface ObjectQuery {
  readonly prefix?: string;
  readonly search?: string;
  readonly limit: number;
  readonly offset: number;
}

const BASE = "/api/storage";

/**
 * The path of an object; its whole key is one segment, so that no part of it means anything on the
 * way.
 */
const objectPath = (bucket: string, key: string) =>
  `${BASE}/buckets${path(bucket)}/objects${path(key)}`;

/** All buckets, by name. */
export async function listBuckets(backend: HttpClient): Promise<Bucket[]> {
  const answer = await backend.json<Bucket[] | { buckets?: Bucket[] } | undefined>(
    "GET",
    `${BASE}/buckets`,
  );
  return Array.isArray(answer) ? answer : answer?.buckets ?? [];
}

/** Makes a bucket. @throws {HttpError} 409 when there is one of this name */
export function createBucket(
  backend: HttpClient,
  bucketName: string,
  isPublic: boolean,
): Promise<Record<string, unknown>> {
  return backend.json("POST", `${BASE}/buckets`, { json: { bucketName, isPublic } });
}

/** Removes a bucket with all of its objects. @throws {HttpError} 404 */
export function deleteBucket(backend: HttpClient, name: string): Promise<Record<string, unknown>> {
  return backend.json("DELETE", `${BASE}/buckets${path(name)}`);
}

/** A page of objects, by key; at most 1,000. A bucket that is not there has none. */
export async function listObjects(
  backend: HttpClient,
  bucket: string,
  query: ObjectQuery,
): Promise<ObjectPage> {
  const body = await backend.json<
    StoredObject[] | {
      data?: StoredObject[];
      objects?: StoredObject[];
      pagination?: { total?: number };
    } | undefined
  >("GET", `${BASE}/buckets${path(bucket)}/objects`, { query: { ...query } });
  if (Array.isArray(body)) return { body, objects: body };
  return { body, objects: body?.data ?? body?.objects ?? [], total: body?.pagination?.total };
}

const PAGE = 1000;

/** All objects, page by page. */
export async function* allObjects(
  backend: HttpClient,
  bucket: string,
  filter: Pick<ObjectQuery, "prefix" | "search">,
): AsyncGenerator<StoredObject> {
  for (let offset = 0;;) {
    const { objects } = await listObjects(backend, bucket, { ...filter, limit: PAGE, offset });
    yield* objects;
    offset += objects.length;
    if (objects.length < PAGE) return;
  }
}

/** Removes an object. @throws {HttpError} 404 */
export function deleteObject(
  backend: HttpClient,
  bucket: string,
  key: string,
): Promise<Record<string, unknown>> {
  return backend.json("DELETE", objectPath(bucket, key));
}

/** What is set for all buckets (section 7.6). */
export interface StorageConfig {
  /** In units of 1024² bytes. */
  readonly maxFileSizeMb?: number;
}

export function readStorageConfig(backend: HttpClient): Promise<StorageConfig> {
  return backend.json("GET", `${BASE}/config`);
}

/** Sets the largest size of an object, in units of 1024² bytes. @throws {HttpError} 400 */
export async function setMaxObjectSize(
  backend: HttpClient,
  megabytes: number,
): Promise<StorageConfig> {
  const config = { maxFileSizeMb: megabytes };
  const answer = await backend.json<StorageConfig>("PUT", `${BASE}/config`, { json: config });
  return answer ?? config;
}

/** The most bytes that an object may have; undefined where the backend does not tell. */
export async function maxObjectBytes(backend: HttpClient): Promise<number | undefined> {
  try {
    const config: StorageConfig | undefined = await readStorageConfig(backend);
    return config?.maxFileSizeMb && config.maxFileSizeMb * 1024 ** 2;
  } catch (error) {
    if (error instanceof HttpError && [403, 404].includes(error.status)) return undefined;
    throw error;
  }
}

/** What is uploaded. */
export interface Upload extends SizedBody {
  readonly bucket: string;
  readonly key: string;
  readonly contentType: string;
}

interface UploadStrategy {
  readonly method: "presigned" | "direct";
  readonly uploadUrl: string;
  readonly fields?: Readonly<Record<string, string>>;
  readonly key: string;
  readonly confirmRequired?: boolean;
  readonly confirmUrl?: string;
}

/**
 * Uploads an object the way that the backend wants. Nothing is sent to it twice: older ones would
 * make a second object.
 * @throws {HttpError} 404 when there is no such bucket
 */
export async function uploadObject(
  backend: HttpClient,
  surroundings: SharedSettings,
  upload: Upload,
): Promise<StoredObject> {
  const { bucket, key, contentType, size } = upload;
  const strategy = await backend.json<UploadStrategy | undefined>(
    "POST",
    `${BASE}/buckets${path(bucket)}/upload-strategy`,
    { json: { filename: key, contentType, size }, idempotent: true },
  ).catch(withoutStrategy);
  return strategy?.method === "presigned"
    ? await uploadPresigned(backend, surroundings, strategy, upload)
    : await uploadDirect(backend, upload);
}

async function uploadDirect(backend: HttpClient, upload: Upload): Promise<StoredObject> {
  const { bucket, key, size } = upload;
  return await sendSizedChange(
    upload,
    ({ open }) =>
      backend.json<StoredObject>("PUT", objectPath(bucket, key), {
        ...sizedForm({}, fileOf({ ...upload, open })),
        timeoutMs: transferTimeoutMs(size),
      }),
    {
      may: "all of it was sent, and it may have been stored",
      hint: `Look for ${key} with \`insforge storage list-objects ${bucket}\` before you ` +
        "upload it again: an older backend would keep both.",
      nothing: "nothing was stored",
    },
  ).catch((error) => {
    throw isMissingBucket(error) ? noBucket(bucket, error) : error;
  });
}

/** Backends without strategies answer with their database's words. */
function isMissingBucket(error: unknown): error is HttpError {
  return error instanceof HttpError && /\bobjects_bucket_fkey\b/.test(error.message);
}

/** The error of a bucket that is not there. */
export function noBucket(name: string, cause?: HttpError): NotFoundError {
  return new NotFoundError(`There is no bucket ${name}.`, {
    hint: "See the buckets with: insforge storage buckets",
    cause,
  });
}

async function uploadPresigned(
  backend: HttpClient,
  surroundings: SharedSettings,
  { uploadUrl, fields = {}, key, confirmRequired, confirmUrl }: UploadStrategy,
  upload: Upload,
): Promise<StoredObject> {
  const { bucket, contentType, size } = upload;
  const sent = await objectStoreClient(uploadUrl, surroundings).stream("POST", uploadUrl, {
    ...sizedForm(fields, fileOf(upload)),
    timeoutMs: transferTimeoutMs(size),
    // The same form makes the same object.
    idempotent: true,
    anonymous: true,
  });
  const etag = sent.headers.get("etag")?.replaceAll('"', "");
  await sent.body?.cancel();
  if (!confirmRequired || !confirmUrl) return { bucket, key, size, mimeType: contentType };
  const json = { size, contentType, etag };
  return await backend.json("POST", confirmUrl, { json, idempotent: true });
}

function fileOf({ key, contentType, size, open }: Upload) {
  return { field: "file", filename: key.split("/").at(-1)!, contentType, size, open };
}

/**
 * Reads an object, from where the backend says.
 * @returns the response: 206 for a part, 200 where the server knows no parts
 * @throws {HttpError} 404
 */
export async function downloadObject(
  backend: HttpClient,
  surroundings: SharedSettings,
  { bucket, key, rest }: {
    readonly bucket: string;
    readonly key: string;
    /** Answer from a byte on, when the object is still of this version: with 206 then. */
    readonly rest?: { readonly from: number; readonly etag: string };
  },
): Promise<Response> {
  const strategy = await backend.json<{ method?: string; url?: string } | undefined>(
    "GET",
    `${BASE}/buckets${path(bucket)}/download-strategy/objects${path(key)}`,
  ).catch(withoutStrategy);
  const headers = rest && { range: `bytes=${rest.from}-`, "if-range": rest.etag };
  const accept = (status: number) => status === 416;
  if (strategy?.method === "presigned" && strategy.url) {
    const store = objectStoreClient(strategy.url, surroundings);
    return await store.stream("GET", strategy.url, { headers, accept, anonymous: true });
  }
  return await backend.stream("GET", objectPath(bucket, key), { headers, accept });
}

/** Backends before strategies have no such endpoint, which is not the same as no such bucket. */
function withoutStrategy(error: unknown): undefined {
  const isUnknownPath = error instanceof HttpError && error.status === 404 &&
    error.code === "NOT_FOUND";
  if (!isUnknownPath) throw error;
}
