import { toEnvelope } from "../../http/api_error.ts";
import type { RequestContext } from "../../services.ts";
import { AccessKeys } from "./access_keys.ts";
import { readAddress } from "./address.ts";
import { contentOf } from "./body.ts";
import { bucketOperation, listBuckets } from "./bucket_operations.ts";
import { readClaim, verify } from "./claim.ts";
import { objectOperation } from "./object_operations.ts";
import { REGION } from "./region.ts";
import type { S3Request, S3Services } from "./request.ts";
import { S3Error } from "./s3_error.ts";
import { uploadOperation } from "./upload_operations.ts";
import { Uploads } from "./uploads.ts";
import { toXml } from "./xml.ts";

/** Bytes that are read of a body after its refusal, so that the client comes to see it. */
const MAX_DRAINED = 16 * 1024 * 1024;

/** Answers the S3 protocol (contract section 18): signature, operation, errors as XML. */
export class Gateway {
  readonly #services: S3Services;
  readonly #keys: AccessKeys;

  constructor(services: Omit<S3Services, "uploads">) {
    const { backend, files } = services;
    this.#services = { ...services, uploads: new Uploads(backend, files) };
    this.#keys = new AccessKeys(backend);
  }

  async answer(context: RequestContext): Promise<Response> {
    const requestId = crypto.randomUUID();
    const { raw } = context.req;
    let response: Response;
    try {
      response = await perform(await this.#authenticate(context));
    } catch (error) {
      if (raw.body && !raw.bodyUsed) await drain(raw.body);
      response = errorResponse(this.#asS3Error(error), raw.method, requestId);
    }
    response.headers.set("x-amz-request-id", requestId);
    return response;
  }

  /** @throws {S3Error} unless the request is signed with a key that there is */
  async #authenticate(context: RequestContext): Promise<S3Request> {
    const { raw } = context.req;
    const { method, headers } = raw;
    const address = readAddress(raw.url);
    const claim = readClaim(address, headers, this.#services.backend.clock());
    const key = await this.#keys.secretOf(claim.accessKeyId);
    if (!key) {
      throw new S3Error("InvalidAccessKeyId", `There is no access key ${claim.accessKeyId}`);
    }
    const signer = verify(claim, raw, address, key.secret);
    await this.#keys.noteUse(key.id);
    const { bucket, key: objectKey, parameters } = address;
    // The checksums of a completion are those of the object, and not of the list of its parts.
    const hasChecksums = !(method === "POST" && parameters.has("uploadId"));
    return {
      ...this.#services,
      context,
      method,
      bucket,
      key: objectKey,
      parameters,
      headers,
      content: contentOf(raw, claim, signer, hasChecksums),
      accessKeyId: claim.accessKeyId,
    };
  }

  #asS3Error(error: unknown): S3Error {
    if (error instanceof S3Error) return error;
    const { statusCode, message } = toEnvelope(error);
    if (statusCode === 413) return new S3Error("EntityTooLarge", message);
    if (statusCode === 503) return new S3Error("SlowDown", message);
    if (error instanceof Deno.errors.Http) return new S3Error("IncompleteBody", message);
    if (statusCode < 500) {
      return new S3Error("InvalidArgument", message);
    }
    this.#services.backend.logger.error("An S3 request failed", { error: message });
    return new S3Error("InternalError", message);
  }
}

async function perform(request: S3Request): Promise<Response> {
  if (request.bucket === "") return await listBuckets(request);
  if (request.key === "") return await bucketOperation(request);
  return await uploadOperation(request) ?? await objectOperation(request);
}

function errorResponse(
  { code, message, status }: S3Error,
  method: string,
  requestId: string,
): Response {
  const Region = code === "AuthorizationHeaderMalformed" ? REGION : undefined;
  const body = toXml("Error", { Code: code, Message: message, Region, RequestId: requestId });
  const headers = { "content-type": "application/xml" };
  return new Response(method === "HEAD" ? null : body, { status, headers });
}

async function drain(body: ReadableStream<Uint8Array>): Promise<void> {
  let size = 0;
  try {
    for await (const chunk of body) {
      size += chunk.length;
      if (size > MAX_DRAINED) return;
    }
  } catch {
    // The client has gone.
  }
}
