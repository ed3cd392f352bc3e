import type { LocalBackend, RequestContext } from "../../services.ts";
import type { ObjectFiles } from "../files.ts";
import type { StorageStore, StoredObject } from "../store.ts";
import type { S3Address } from "./address.ts";
import type { S3Content } from "./body.ts";
import { S3Error } from "./s3_error.ts";
import type { Uploads } from "./uploads.ts";
import { toXml, type Xml } from "./xml.ts";

/** What operations act on. */
export interface S3Services {
  readonly backend: LocalBackend;
  readonly store: StorageStore;
  readonly files: ObjectFiles;
  readonly uploads: Uploads;
}

/** A request whose signature is right. */
export interface S3Request extends S3Services, Omit<S3Address, "path"> {
  readonly context: RequestContext;
  readonly method: string;
  readonly headers: Headers;
  readonly content: S3Content;
  /** The public part of the key that it is signed with. */
  readonly accessKeyId: string;
}

/** Keys act for the project's owner. */
export const S3_IDENTITY = { role: "project_admin" } as const;

/** Bytes of the largest object, or part of one, that is taken in one request. */
export const MAX_BYTES = 5 * 1024 ** 3;

/** @throws {S3Error} NoSuchBucket */
export async function requireBucket(
  { store, bucket }: Pick<S3Request, "store" | "bucket">,
): Promise<void> {
  if (await store.bucket(bucket)) return;
  throw new S3Error("NoSuchBucket", `There is no bucket ${bucket}`);
}

/** The object of a request, or another one. @throws {S3Error} NoSuchBucket, NoSuchKey */
export async function requireObject(
  { store }: S3Request,
  { bucket, key }: { readonly bucket: string; readonly key: string },
): Promise<StoredObject> {
  const object = await store.find(bucket, key);
  if (object) return object;
  await requireBucket({ store, bucket });
  throw new S3Error("NoSuchKey", `There is no object ${key} in ${bucket}`);
}

/** An answer in XML. */
export function xml(root: string, content: Xml, headers: Record<string, string> = {}): Response {
  return new Response(toXml(root, content), {
    headers: { "content-type": "application/xml", ...headers },
  });
}

/** An answer without a body. */
export function empty(status: 200 | 204 | 304, headers: Record<string, string> = {}): Response {
  return new Response(null, { status, headers });
}

/** What is not part of this. @throws {S3Error} NotImplemented */
export function notImplemented({ method, parameters }: S3Request): never {
  const what = [...parameters.keys()].filter((name) => !isOfSignature(name)).join(", ");
  throw new S3Error("NotImplemented", `${method} ${what ? `with ${what} ` : ""}is not supported`);
}

/** Whether a parameter says nothing of what is asked for. */
export function isOfSignature(name: string): boolean {
  return name === "x-id" || name.toLowerCase().startsWith("x-amz-");
}
