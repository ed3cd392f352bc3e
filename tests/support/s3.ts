/** The official client of the S3 protocol, over a backend of a test. */
import { S3Client } from "@aws-sdk/client-s3";
import { walk } from "@std/fs/walk";
import type { TestBackend } from "./backend.ts";

/** A key of a backend's that S3 requests are signed with. */
export interface S3Key {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** Makes a key. */
export async function s3Key(backend: Pick<TestBackend, "request">): Promise<S3Key> {
  const { body } = await backend.request("POST", "/api/storage/s3/access-keys", {});
  return body;
}

/** A client of a backend, with a key of its own unless one is given. */
export async function s3Client(
  backend: Pick<TestBackend, "request" | "url">,
  credentials?: S3Key,
): Promise<S3Client> {
  return new S3Client({
    endpoint: `${backend.url}/storage/v1/s3`,
    region: "us-east-2",
    forcePathStyle: true,
    maxAttempts: 1,
    credentials: credentials ?? await s3Key(backend),
  });
}

/** How many contents a data directory holds. */
export async function filesOf(dataDir: string): Promise<number> {
  return (await Array.fromAsync(walk(`${dataDir}/storage`, { includeDirs: false }))).length;
}
