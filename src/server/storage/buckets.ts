import { createBucketRequestSchema, updateBucketRequestSchema } from "@insforge/shared-schemas";
import { Hono } from "hono";
import { ApiError } from "../http/api_error.ts";
import { requireAdmin } from "../http/authenticate.ts";
import { parseBody } from "../http/validate.ts";
import type { Area, LocalBackend, RequestVariables } from "../services.ts";
import type { ObjectFiles } from "./files.ts";
import type { StorageStore } from "./store.ts";

const UPLOAD = "PUT /api/storage/buckets/{bucket}/objects/{key}";

/** Buckets, which the project's owner manages (contract section 7.1). */
export function buckets(backend: LocalBackend, store: StorageStore, files: ObjectFiles): Area {
  const admin = requireAdmin(backend);
  return new Hono<RequestVariables>()
    .get("/buckets", admin, async (context) => context.json(await store.buckets()))
    .post("/buckets", admin, async (context) => {
      const { bucketName, isPublic } = await parseBody(context, createBucketRequestSchema);
      assertBucketName(bucketName);
      if (!await store.createBucket(bucketName, isPublic)) {
        throw new ApiError(
          409,
          "STORAGE_ALREADY_EXISTS",
          `There is a bucket ${bucketName} already`,
        );
      }
      const nextActions = isPublic
        ? `Anybody can read its objects. Upload one with ${UPLOAD}.`
        : `Reading needs a credential. Upload with ${UPLOAD}.`;
      const message = "The bucket was created";
      return context.json({ message, bucketName, isPublic, nextActions }, 201);
    })
    .patch("/buckets/:bucket", admin, async (context) => {
      const bucket = context.req.param("bucket");
      const { isPublic } = await parseBody(context, updateBucketRequestSchema);
      if (!await store.updateBucket(bucket, isPublic)) throw bucketNotFound(bucket);
      const message = "The bucket was updated";
      const nextActions = "Its objects stay as they are.";
      return context.json({ message, bucket, isPublic, nextActions });
    })
    .delete("/buckets/:bucket", admin, async (context) => {
      const bucket = context.req.param("bucket");
      const removed = await store.deleteBucket(bucket);
      if (!removed) throw bucketNotFound(bucket);
      await files.remove(removed);
      const nextActions = "Create another with POST /api/storage/buckets.";
      return context.json({ message: "The bucket was deleted", nextActions });
    });
}

/** The refusal of a bucket that is not there. */
export function bucketNotFound(bucket: string): ApiError {
  return new ApiError(404, "STORAGE_NOT_FOUND", `There is no bucket ${bucket}`);
}

function assertBucketName(name: string): void {
  if (/^[a-zA-Z0-9_-]+$/.test(name)) return;
  throw new ApiError(
    400,
    "STORAGE_INVALID_PARAMETER",
    "A bucket's name consists of letters, digits, hyphens and underscores",
    "Choose another name.",
  );
}
