import { parseRange } from "../../http/range.ts";
import { assertKey } from "../keys.ts";
import { textContent } from "./body.ts";
import { limitOf } from "./list_objects.ts";
import { describedBy, keep, sourceOf } from "./object_operations.ts";
import { S3_PATH } from "./region.ts";
import { empty, MAX_BYTES, notImplemented, requireBucket, type S3Request, xml } from "./request.ts";
import { S3Error } from "./s3_error.ts";
import { type Upload, Uploads } from "./uploads.ts";
import { insides, textOf } from "./xml.ts";

/** What is asked of an upload in parts; nothing when the request is about something else. */
export async function uploadOperation(request: S3Request): Promise<Response | undefined> {
  const { method, parameters, uploads, bucket, key } = request;
  if (method === "POST" && parameters.has("uploads")) return await begin(request);
  const id = parameters.get("uploadId");
  if (id === undefined) return undefined;
  const upload = await uploads.find(bucket, key, id);
  switch (method) {
    case "PUT":
      return await addPart(request, upload);
    case "POST":
      return await complete(request, upload);
    case "DELETE":
      await uploads.end(upload);
      return empty(204);
    case "GET":
      return await listParts(request, upload);
  }
  return notImplemented(request);
}

async function begin(request: S3Request): Promise<Response> {
  const { uploads, bucket, key, headers } = request;
  assertKey(key);
  await requireBucket(request);
  const id = await uploads.begin({ bucket, key, ...describedBy(headers) });
  return xml("InitiateMultipartUploadResult", { Bucket: bucket, Key: key, UploadId: id });
}

async function addPart(request: S3Request, upload: Upload): Promise<Response> {
  const { uploads, files, parameters, headers, content } = request;
  const number = Uploads.partNumber(parameters.get("partNumber"));
  const isCopy = headers.has("x-amz-copy-source");
  const file = await files.add(isCopy ? await partOfSource(request) : content, MAX_BYTES);
  const { etag, createdAt } = await uploads.addPart(upload, number, file);
  const ETag = `"${etag}"`;
  if (isCopy) return xml("CopyPartResult", { ETag, LastModified: createdAt });
  return empty(200, { etag: ETag, ...Object.fromEntries(content.checksums) });
}

async function partOfSource(request: S3Request): Promise<AsyncIterable<Uint8Array>> {
  const { fileId, size } = await sourceOf(request);
  const wanted = request.headers.get("x-amz-copy-source-range");
  const range = parseRange(wanted, size);
  if (wanted !== null && !range) {
    throw new S3Error("InvalidArgument", "The range of the source is written as bytes=0-99");
  }
  if (range === "none") throw new S3Error("InvalidRange", "The source has no such range");
  return await request.files.read(fileId, range);
}

async function listParts(
  { uploads, bucket, key, parameters }: S3Request,
  upload: Upload,
): Promise<Response> {
  const limit = limitOf(parameters, "max-parts");
  const after = Number(parameters.get("part-number-marker") ?? 0) || 0;
  const found = await uploads.parts(upload, after, limit + 1);
  const shown = found.slice(0, limit);
  const isTruncated = found.length > limit;
  return xml("ListPartsResult", {
    Bucket: bucket,
    Key: key,
    UploadId: upload.id,
    PartNumberMarker: after,
    NextPartNumberMarker: isTruncated ? shown.at(-1)?.number : undefined,
    MaxParts: limit,
    IsTruncated: isTruncated,
    Part: shown.map((part) => ({
      PartNumber: part.number,
      LastModified: part.createdAt,
      ETag: `"${part.etag}"`,
      Size: part.size,
    })),
  });
}

async function complete(request: S3Request, upload: Upload): Promise<Response> {
  const { uploads, bucket, key, backend } = request;
  const body = await textContent(request.content);
  const wanted = insides(body, "Part").map((part) => ({
    number: Number(textOf(part, "PartNumber")),
    etag: (textOf(part, "ETag") ?? "").replaceAll('"', ""),
  }));
  const { etag } = await keep(request, await uploads.join(upload, wanted), upload);
  await uploads.end(upload);
  return xml("CompleteMultipartUploadResult", {
    Location: `${backend.url}${S3_PATH}/${bucket}/${
      key.split("/").map(encodeURIComponent).join("/")
    }`,
    Bucket: bucket,
    Key: key,
    ETag: `"${etag}"`,
  });
}
