import { deleteObjectsRequestSchema, uploadStrategyRequestSchema } from "@insforge/shared-schemas";
import { Hono } from "hono";
import { ApiError } from "../http/api_error.ts";
import { identityOf, requireUser } from "../http/authenticate.ts";
import type { FormFile } from "../http/multipart.ts";
import { parseBody, readJson } from "../http/validate.ts";
import type { Area, LocalBackend, RequestContext, RequestVariables } from "../services.ts";
import { bucketNotFound } from "./buckets.ts";
import { type ObjectFiles, tooLarge } from "./files.ts";
import { assertKey, objectKeyOf, uniqueKey } from "./keys.ts";
import { receiveObject } from "./receive.ts";
import { sendObject } from "./send.ts";
import { isSignedFor, signObject } from "./signed_urls.ts";
import type { StorageStore, StoredObject } from "./store.ts";

interface Readable {
  object: StoredObject;
  isPublic: boolean;
}

interface Strategy {
  method: "direct";
  url: string;
  expiresAt?: Date;
}

/** Objects: listing, storing, reading and deleting them (contract sections 7.2 to 7.5). */
export function objects(backend: LocalBackend, store: StorageStore, files: ObjectFiles): Area {
  const user = requireUser(backend);

  const shown = ({ bucket, key, size, mimeType, uploadedAt, etag }: StoredObject) => ({
    ...{ bucket, key, size, mimeType, uploadedAt },
    url: urlOf(backend.url, bucket, key, etag),
  });

  /** The object of a request, for whoever may read it. @throws {ApiError} 401, 404 */
  async function readable(context: RequestContext, key: string): Promise<Readable> {
    const bucket = await store.bucket(context.req.param("bucket")!);
    const isPublic = bucket?.public ?? false;
    const token = context.req.query("token");
    const isOpen = isPublic || bucket !== undefined &&
        await isSignedFor(backend.keys, { bucket: bucket.name, key }, token);
    const identity = isOpen ? undefined : await identityOf(context, backend.keys);
    const object = bucket && await store.find(bucket.name, key, identity);
    if (!object) throw objectNotFound(key);
    return { object, isPublic };
  }

  /** Where an object is read: at a signed address if it is private and a time is given. */
  async function strategyOf({ object, isPublic }: Readable, expiresIn: unknown): Promise<Strategy> {
    const seconds = secondsOf(expiresIn);
    const url = urlOf(backend.url, object.bucket, object.key, object.etag);
    if (isPublic || seconds === undefined) return { method: "direct", url };
    const { token, expiresAt } = await signObject(backend.keys, object, seconds);
    return { method: "direct", url: `${url}&token=${token}`, expiresAt };
  }

  return new Hono<RequestVariables>()
    .get("/buckets/:bucket/objects", user, async (context) => {
      const limit = Math.min(Math.max(numberOf(context, "limit") || 100, 1), 1000);
      const offset = Math.max(numberOf(context, "offset"), 0);
      const bucket = context.req.param("bucket");
      const { prefix = "", search = "" } = context.req.query();
      const page = { prefix, search, limit, offset };
      const { objects, total } = await store.list(context.get("identity"), bucket, page);
      const data = objects.map((object) => ({
        ...object,
        mimeType: object.mime_type,
        uploadedAt: object.uploaded_at,
        url: urlOf(backend.url, bucket, String(object.key), String(object.etag)),
      }));
      const nextActions = "Upload with PUT /api/storage/buckets/{bucket}/objects/{key}.";
      return context.json({ data, pagination: { offset, limit, total }, nextActions });
    })
    .post("/buckets/:bucket/objects", user, async (context) => {
      const keyFor = ({ filename }: FormFile) => uniqueKey(filename ?? "file", backend.clock());
      return context.json(shown(await receiveObject(context, store, files, keyFor)), 201);
    })
    .put("/buckets/:bucket/objects/*", user, async (context) => {
      const key = objectKeyOf(context);
      return context.json(shown(await receiveObject(context, store, files, () => key)));
    })
    .get("/buckets/:bucket/objects/*", async (context) => {
      const { object, isPublic } = await readable(context, objectKeyOf(context));
      return await sendObject(context, files, object, isPublic);
    })
    .delete("/buckets/:bucket/objects", user, async (context) => {
      const { keys } = await parseBody(
        context,
        deleteObjectsRequestSchema,
        "STORAGE_INVALID_PARAMETER",
      );
      const bucket = context.req.param("bucket");
      const removed = await store.delete(context.get("identity"), bucket, keys);
      await files.remove(removed.map(({ fileId }) => fileId));
      const gone = new Set(removed.map(({ key }) => key));
      const results = keys.map((key) => ({ key, status: gone.has(key) ? "deleted" : "notFound" }));
      return context.json({ results });
    })
    .delete("/buckets/:bucket/objects/*", user, async (context) => {
      const key = objectKeyOf(context);
      const bucket = context.req.param("bucket");
      const [removed] = await store.delete(context.get("identity"), bucket, [key]);
      if (!removed) throw objectNotFound(key);
      await files.remove([removed.fileId]);
      return context.json({ message: "The object was deleted" });
    })
    .post("/buckets/:bucket/upload-strategy", user, async (context) => {
      const { filename: key, size = 0, contentType = "" } = await parseBody(
        context,
        uploadStrategyRequestSchema,
      );
      assertKey(key);
      const bucket = context.req.param("bucket");
      const { maxBytes, hasBucket } = await store.limits(bucket);
      if (!hasBucket) throw bucketNotFound(bucket);
      if (size > maxBytes) throw tooLarge(maxBytes);
      const object = { bucket, key, size, mimeType: contentType };
      await store.requireWritable(context.get("identity"), object);
      const uploadUrl = urlOf(backend.url, bucket, key);
      return context.json({ method: "direct", uploadUrl, key, confirmRequired: false });
    })
    .post("/buckets/:bucket/objects/:key/confirm-upload", user, async (context) => {
      const key = objectKeyOf(context, "/confirm-upload");
      const object = await store.find(context.req.param("bucket"), key, context.get("identity"));
      if (!object) throw objectNotFound(key);
      return context.json(shown(object));
    })
    .get("/buckets/:bucket/download-strategy/objects/*", async (context) => {
      const found = await readable(context, objectKeyOf(context));
      context.header("cache-control", "no-store");
      return context.json(await strategyOf(found, context.req.query("expiresIn")));
    })
    // What the SDK asks before every download in its versions before 1.3.
    .post("/buckets/:bucket/objects/:key{.+}/download-strategy", async (context) => {
      const found = await readable(context, objectKeyOf(context, "/download-strategy"));
      const { expiresIn } = await readJson(context) as { expiresIn?: unknown };
      context.header("cache-control", "no-store");
      return context.json(await strategyOf(found, expiresIn));
    });
}

/** An object's address, with its version where one is known; the whole key is one segment. */
function urlOf(base: string, bucket: string, key: string, etag?: string): string {
  const [bucketName, keyName] = [bucket, key].map(encodeURIComponent);
  const version = etag ? `?v=${etag}` : "";
  return `${base}/api/storage/buckets/${bucketName}/objects/${keyName}${version}`;
}

function numberOf(context: RequestContext, name: string): number {
  return Number.parseInt(context.req.query(name) ?? "", 10) || 0;
}

/** How long an address is to be good for. @throws {ApiError} 400 for what is no number */
function secondsOf(expiresIn: unknown): number | undefined {
  if (expiresIn === undefined || expiresIn === null || expiresIn === "") return undefined;
  const seconds = Number(expiresIn);
  if (Number.isFinite(seconds)) return seconds;
  throw new ApiError(
    400,
    "STORAGE_INVALID_PARAMETER",
    "expiresIn is not a number of seconds",
    "Send a number of seconds, or leave it out.",
  );
}

function objectNotFound(key: string): ApiError {
  return new ApiError(404, "STORAGE_NOT_FOUND", `There is no object ${key}`);
}
