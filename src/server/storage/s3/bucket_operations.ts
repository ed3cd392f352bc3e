import { textContent } from "./body.ts";
import { cors, versioning } from "./bucket_settings.ts";
import { encodingOf, limitOf, listObjects, listVersions } from "./list_objects.ts";
import { REGION } from "./region.ts";
import {
  empty,
  isOfSignature,
  notImplemented,
  requireBucket,
  S3_IDENTITY,
  type S3Request,
  xml,
} from "./request.ts";
import { S3Error } from "./s3_error.ts";
import { insides, textOf } from "./xml.ts";

const MOST_DELETED = 1000;
const BUCKET_NAME = /^[a-zA-Z0-9_-]+$/;
const OWNER = { ID: "insforge", DisplayName: "insforge" };
/** What belongs to a listing; any other parameter asks for something else. */
const LISTING_PARAMETERS = new Set([
  "list-type",
  "prefix",
  "delimiter",
  "max-keys",
  "marker",
  "start-after",
  "continuation-token",
  "encoding-type",
  "fetch-owner",
]);

/** ListBuckets. */
export async function listBuckets(request: S3Request): Promise<Response> {
  if (request.method !== "GET") return notImplemented(request);
  const buckets = await request.store.buckets();
  return xml("ListAllMyBucketsResult", {
    Owner: OWNER,
    Buckets: {
      Bucket: buckets.map(({ name, createdAt }) => ({ Name: name, CreationDate: createdAt })),
    },
  });
}

/** What is asked of one bucket. */
export async function bucketOperation(request: S3Request): Promise<Response> {
  const { method, parameters } = request;
  const names = [...parameters.keys()].filter((name) => !isOfSignature(name));
  if (method === "PUT" && names.length === 0) return await create(request);
  await requireBucket(request);
  if (parameters.has("cors")) return await cors(request);
  if (parameters.has("versioning")) return await versioning(request);
  if (method === "HEAD") return empty(200, { "x-amz-bucket-region": REGION });
  if (method === "DELETE" && names.length === 0) return await remove(request);
  if (method === "POST" && parameters.has("delete")) return await deleteObjects(request);
  if (method !== "GET") return notImplemented(request);
  if (parameters.has("location")) return xml("LocationConstraint", REGION);
  if (parameters.has("uploads")) return await listUploads(request);
  if (parameters.has("versions")) return await listVersions(request);
  if (!names.every((name) => LISTING_PARAMETERS.has(name))) return notImplemented(request);
  return await listObjects(request);
}

async function create({ store, bucket }: S3Request): Promise<Response> {
  if (!BUCKET_NAME.test(bucket)) {
    throw new S3Error("InvalidBucketName", "Names are letters, digits, hyphens and underscores");
  }
  if (await store.createBucket(bucket, false)) return empty(200, { location: `/${bucket}` });
  throw new S3Error("BucketAlreadyOwnedByYou", `There is a bucket ${bucket} already`);
}

async function remove({ store, files, bucket }: S3Request): Promise<Response> {
  const left = await store.deleteEmptyBucket(bucket);
  if (!left) throw new S3Error("BucketNotEmpty", `The bucket ${bucket} is not empty`);
  await files.remove(left);
  return empty(204);
}

async function deleteObjects({ store, files, bucket, content }: S3Request): Promise<Response> {
  const body = await textContent(content);
  const keys = insides(body, "Object").map((object) => textOf(object, "Key") ?? "");
  if (keys.length === 0 || keys.length > MOST_DELETED) {
    throw new S3Error("MalformedXML", `Name 1 to ${MOST_DELETED} objects`);
  }
  const removed = await store.delete(S3_IDENTITY, bucket, keys);
  await files.remove(removed.map(({ fileId }) => fileId));
  const isQuiet = textOf(body, "Quiet") === "true";
  return xml("DeleteResult", { Deleted: isQuiet ? [] : keys.map((Key) => ({ Key })) });
}

async function listUploads({ uploads, bucket, parameters }: S3Request): Promise<Response> {
  const limit = limitOf(parameters, "max-uploads");
  const prefix = parameters.get("prefix") ?? "";
  const keyMarker = parameters.get("key-marker") ?? "";
  const idMarker = parameters.get("upload-id-marker") ?? "";
  const { encoding, name } = encodingOf(parameters);
  const found = await uploads.list(bucket, { prefix, keyMarker, idMarker, limit: limit + 1 });
  const shown = found.slice(0, limit);
  const last = found.length > limit ? shown.at(-1) : undefined;
  return xml("ListMultipartUploadsResult", {
    Bucket: bucket,
    Prefix: name(prefix),
    KeyMarker: name(keyMarker),
    UploadIdMarker: idMarker,
    NextKeyMarker: last && name(last.key),
    NextUploadIdMarker: last?.id,
    MaxUploads: limit,
    EncodingType: encoding,
    IsTruncated: last !== undefined,
    Upload: shown.map(({ key, id, createdAt }) => ({
      Key: name(key),
      UploadId: id,
      Initiator: OWNER,
      Owner: OWNER,
      StorageClass: "STANDARD",
      Initiated: createdAt,
    })),
  });
}
