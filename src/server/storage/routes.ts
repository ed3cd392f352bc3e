import {
  createBucketRequestSchema,
  deleteObjectsRequestSchema,
  updateBucketRequestSchema,
  updateStorageConfigRequestSchema,
  uploadStrategyRequestSchema,
} from "@insforge/shared-schemas";
import { Hono } from "hono";
import { stateFiles } from "../../shared/contract/state.ts";
import { identityOf, requireAdmin, requireUser } from "../http/authenticate.ts";
import { ApiError } from "../http/api_error.ts";
import { type FormFile, readForm } from "../http/multipart.ts";
import type { Area, LocalBackend, RequestContext, RequestVariables } from "../services.ts";
import { parseBody } from "../http/validate.ts";
import { contentTypeOf } from "./content_type.ts";
import { ObjectFiles, tooLarge } from "./files.ts";
import { assertKey, keyOf, uniqueKey } from "./keys.ts";
import { sendObject } from "./send.ts";
import { StorageStore, type StoredObject } from "./store.ts";

/** Bytes that a form adds to its file. */
const FORM_BYTES = 64 * 1024;

/** Buckets and objects (contract section 7). */
export function storage(backend: LocalBackend): Area {
  const store = new StorageStore(backend);
  const files = new ObjectFiles(`${backend.dataDir}/${stateFiles.storage}`);
  const admin = requireAdmin(backend);
  const user = requireUser(backend);
  const started = new Date();
  backend.jobs.run("Collecting uploads that were broken off", async () => {
    const ids = await store.fileIds();
    await files.collect((id) => ids.has(id), started);
  });

  const shown = ({ fileId: _, etag, ...object }: StoredObject) => ({
    ...object,
    url: urlOf(backend.url, object.bucket, object.key, etag),
  });

  async function receive(context: RequestContext, keyFor: (file: FormFile) => string) {
    const bucket = context.req.param("bucket")!;
    const { maxFileSizeMb } = await store.config();
    const maxBytes = maxFileSizeMb * 1024 ** 2;
    const length = Number(context.req.header("content-length") ?? 0);
    if (length > maxBytes + FORM_BYTES) throw tooLarge(maxBytes);
    if (!await store.bucket(bucket)) {
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
      const { id, head, ...content } = await files.add(part.chunks, maxBytes);
      const mimeType = contentTypeOf(head, part.contentType);
      try {
        return await store.put(context.get("identity"), {
          bucket,
          key,
          mimeType,
          ...content,
          fileId: id,
        });
      } catch (error) {
        await files.remove([id]);
        throw error;
      }
    });
    if (!received) {
      throw new ApiError(400, "STORAGE_INVALID_PARAMETER", "The form has no part `file`");
    }
    if (received.replaced) await files.remove([received.replaced]);
    return shown(received.object);
  }

  /** The object of a request, for whoever may read it. @throws {ApiError} 401, 404 */
  async function readable(context: RequestContext, key = keyOf(context)): Promise<StoredObject> {
    const bucket = await store.bucket(context.req.param("bucket")!);
    const identity = bucket?.public ? undefined : await identityOf(context, backend.keys);
    const object = bucket && identity?.role !== "anon"
      ? await store.find(bucket.name, key, identity)
      : undefined;
    if (!object) throw objectNotFound(key);
    return object;
  }

  return new Hono<RequestVariables>()
    .get("/buckets", admin, async (context) => context.json(await store.buckets()))
    .post("/buckets", admin, async (context) => {
      const { bucketName, isPublic } = await parseBody(context, createBucketRequestSchema);
      if (!/^[a-zA-Z0-9_-]+$/.test(bucketName)) {
        throw new ApiError(
          400,
          "STORAGE_INVALID_PARAMETER",
          "A bucket's name consists of letters, digits, hyphens and underscores",
          "Choose another name.",
        );
      }
      if (!await store.createBucket(bucketName, isPublic)) {
        throw new ApiError(
          409,
          "STORAGE_ALREADY_EXISTS",
          `There is a bucket ${bucketName} already`,
        );
      }
      const nextActions = isPublic
        ? "Anybody can read its objects. Upload one with PUT /api/storage/buckets/{bucket}/objects/{key}."
        : "Reading needs a credential. Upload with PUT /api/storage/buckets/{bucket}/objects/{key}.";
      return context.json(
        { message: "The bucket was created", bucketName, isPublic, nextActions },
        201,
      );
    })
    .patch("/buckets/:bucket", admin, async (context) => {
      const bucket = context.req.param("bucket");
      const { isPublic } = await parseBody(context, updateBucketRequestSchema);
      if (!await store.updateBucket(bucket, isPublic)) throw bucketNotFound(bucket);
      const message = "The bucket was updated";
      return context.json({
        message,
        bucket,
        isPublic,
        nextActions: "Its objects stay as they are.",
      });
    })
    .delete("/buckets/:bucket", admin, async (context) => {
      const bucket = context.req.param("bucket");
      const removed = await store.deleteBucket(bucket);
      if (!removed) throw bucketNotFound(bucket);
      await files.remove(removed);
      const nextActions = "Create another with POST /api/storage/buckets.";
      return context.json({ message: "The bucket was deleted", nextActions });
    })
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
      const unique = ({ filename }: FormFile) => uniqueKey(filename ?? "file", backend.clock());
      return context.json(await receive(context, unique), 201);
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
    .post("/buckets/:bucket/upload-strategy", user, async (context) => {
      const { filename: key, size = 0 } = await parseBody(context, uploadStrategyRequestSchema);
      assertKey(key);
      const bucket = context.req.param("bucket");
      if (!await store.bucket(bucket)) throw bucketNotFound(bucket);
      const { maxFileSizeMb } = await store.config();
      if (size > maxFileSizeMb * 1024 ** 2) throw tooLarge(maxFileSizeMb * 1024 ** 2);
      const uploadUrl = urlOf(backend.url, bucket, key);
      return context.json({ method: "direct", uploadUrl, key, confirmRequired: false });
    })
    .get("/buckets/:bucket/download-strategy/objects/*", async (context) => {
      const { bucket, key, etag } = await readable(context);
      context.header("cache-control", "no-store");
      return context.json({ method: "direct", url: urlOf(backend.url, bucket, key, etag) });
    })
    .post("/buckets/:bucket/objects/:key/confirm-upload", user, async (context) => {
      const key = keyOf(context, "/confirm-upload");
      const object = await store.find(context.req.param("bucket"), key, context.get("identity"));
      if (!object) throw objectNotFound(key);
      return context.json(shown(object));
    })
    .put("/buckets/:bucket/objects/*", user, async (context) => {
      const key = keyOf(context);
      return context.json(await receive(context, () => key));
    })
    .delete("/buckets/:bucket/objects/*", user, async (context) => {
      const key = keyOf(context);
      const bucket = context.req.param("bucket");
      const [removed] = await store.delete(context.get("identity"), bucket, [key]);
      if (!removed) throw objectNotFound(key);
      await files.remove([removed.fileId]);
      return context.json({ message: "The object was deleted" });
    })
    .get("/buckets/:bucket/objects/*", async (context) => {
      const object = await readable(context);
      const isPublic = (await store.bucket(object.bucket))?.public ?? false;
      return await sendObject(context, files, object, isPublic);
    })
    .get("/config", admin, async (context) => context.json(await store.config()))
    .put("/config", admin, async (context) => {
      const { maxFileSizeMb } = await parseBody(context, updateStorageConfigRequestSchema);
      await store.setMaxFileSize(maxFileSizeMb);
      return context.json(await store.config());
    })
    .get("/s3/access-keys", admin, (context) => context.json([]))
    .get(
      "/s3/config",
      admin,
      (context) =>
        context.json({
          endpoint: `${backend.url}/storage/v1/s3`,
          region: "local",
          available: false,
        }),
    );
}

/** An object's address, with its version where one is known; the whole key is one segment. */
function urlOf(base: string, bucket: string, key: string, etag?: string): string {
  const version = etag ? `?v=${etag}` : "";
  const path = `/api/storage/buckets/${encodeURIComponent(bucket)}/objects/${
    encodeURIComponent(key)
  }`;
  return `${base}${path}${version}`;
}

function numberOf(context: RequestContext, name: string): number {
  return Number.parseInt(context.req.query(name) ?? "", 10) || 0;
}

function bucketNotFound(bucket: string): ApiError {
  return new ApiError(404, "STORAGE_NOT_FOUND", `There is no bucket ${bucket}`);
}

function objectNotFound(key: string): ApiError {
  return new ApiError(404, "STORAGE_NOT_FOUND", `There is no object ${key}`);
}
