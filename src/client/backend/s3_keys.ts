/** Access keys of S3 clients: section 18.1 of the HTTP contract. */
import { OperationError } from "../../core/errors.ts";
import type {
  S3AccessKeySchema,
  S3AccessKeyWithSecretSchema,
  S3GatewayConfigSchema,
} from "../../shared/contract/backend.ts";
import { ifKnown } from "../absent.ts";
import { path } from "../address.ts";
import type { HttpClient } from "../http.ts";

const BASE = "/api/storage/s3";

/** All access keys, the newest first; never their secrets. */
export async function listS3Keys(backend: HttpClient): Promise<S3AccessKeySchema[]> {
  return await backend.json<S3AccessKeySchema[] | undefined>("GET", `${BASE}/access-keys`) ?? [];
}

/** Makes one; only this answer has its secret. @throws {HttpError} 400 when there are too many */
export async function createS3Key(
  backend: HttpClient,
  description: string | undefined,
): Promise<S3AccessKeyWithSecretSchema> {
  const key = await backend.json<S3AccessKeyWithSecretSchema | undefined>(
    "POST",
    `${BASE}/access-keys`,
    { json: { description } },
  );
  if (key?.secretAccessKey) return key;
  throw new OperationError("The backend did not say what the secret is.", "INVALID_RESPONSE", {
    hint: "Look with `insforge storage s3-keys list`, delete what was made, and make another.",
  });
}

/** @throws {HttpError} 404 */
export async function deleteS3Key(backend: HttpClient, id: string): Promise<void> {
  await backend.json("DELETE", `${BASE}/access-keys${path(id)}`);
}

/** Where S3 clients are answered; undefined from a backend that does not say. */
export async function readS3Gateway(
  backend: HttpClient,
): Promise<Partial<S3GatewayConfigSchema> | undefined> {
  return await ifKnown(
    backend.json<S3GatewayConfigSchema | undefined>("GET", `${BASE}/config`),
  );
}
