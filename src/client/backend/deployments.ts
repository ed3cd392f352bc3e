/** Deployment endpoints: section 13 of the HTTP contract. */
import type {
  CreateDeploymentResponse,
  CreateDirectDeploymentResponse,
  DeploymentEnvVar,
  DeploymentManifestFile,
  DeploymentSchema,
  EnvVar,
  StartDeploymentRequest,
} from "../../shared/contract/backend.ts";
import type { ManifestEntry } from "../../shared/contract/deployments.ts";
import { HttpError, OperationError } from "../../core/errors.ts";
import { path } from "../address.ts";
import type { HttpClient, RequestOptions } from "../http.ts";
import { transferTimeoutMs } from "../sized_body.ts";

/** A deployment; older backends leave fields out or call them otherwise. */
export type Deployment =
  & Pick<DeploymentSchema, "id">
  & Partial<Omit<DeploymentSchema, "id" | "status">>
  & {
    readonly status: string;
    readonly deploymentUrl?: string | null;
    readonly error?: unknown;
  };

/** What the backend says of a change. */
export interface Confirmation {
  readonly success?: boolean;
  readonly message?: string;
}

const BASE = "/api/deployments";
/**
 * For answers that a backend gives only after it has asked its hosting about thousands of files.
 */
const SLOW_ANSWER_MS = 120_000;

/** A page of deployments, newest first. */
export async function listDeployments(
  backend: HttpClient,
  page: { readonly limit: number; readonly offset: number },
): Promise<Deployment[]> {
  const answer = await backend.json<Deployment[] | { data?: Deployment[] }>("GET", BASE, {
    query: page,
  });
  return Array.isArray(answer) ? answer : answer?.data ?? [];
}

/** One deployment. @throws {HttpError} 404 */
export function getDeployment(backend: HttpClient, id: string): Promise<Deployment> {
  return backend.json("GET", BASE + path(id));
}

/** Makes the backend ask its hosting how a deployment stands. @throws {HttpError} 404 */
export function syncDeployment(backend: HttpClient, id: string): Promise<Deployment> {
  return backend.json("POST", `${BASE}${path(id)}/sync`, { idempotent: true });
}

/** Ends a deployment that is under way. @throws {HttpError} 404 */
export function cancelDeployment(backend: HttpClient, id: string): Promise<Confirmation> {
  return backend.json("POST", `${BASE}${path(id)}/cancel`, { idempotent: true });
}

/** A deployment that waits for files. */
export type CreatedDeployment = CreateDirectDeploymentResponse & {
  /** Bytes of contents that {@link uploadFiles} may send at once; none where it is not known. */
  readonly batchBytes?: number;
};

/**
 * Offers a manifest; the answer names the files whose content is wanted (`uploadedAt: null`).
 * Nothing when the backend knows archives alone.
 */
export async function createDirectDeployment(
  backend: HttpClient,
  files: readonly ManifestEntry[],
): Promise<CreatedDeployment | undefined> {
  let answer: CreatedDeployment | undefined;
  try {
    answer = await backend.json("POST", `${BASE}/direct`, {
      json: { files },
      timeoutMs: SLOW_ANSWER_MS,
    });
  } catch (error) {
    if (error instanceof HttpError && error.status === 404) return undefined;
    throw error;
  }
  if (answer !== undefined) return answer;
  throw new OperationError("The backend answered a deployment with nothing.", "INVALID_RESPONSE", {
    hint: "See what there is with `insforge deployments list`.",
  });
}

/** Sends the content of one file; sending it twice does no harm. */
export function uploadFile(
  backend: HttpClient,
  id: string,
  file: DeploymentManifestFile,
  body: RequestOptions["body"],
): Promise<DeploymentManifestFile> {
  return backend.json("PUT", `${BASE}${path(id)}/files${path(file.fileId)}/content`, {
    body,
    headers: { "content-type": "application/octet-stream" },
    idempotent: true,
    timeoutMs: transferTimeoutMs(file.size),
  });
}

/** A file that the backend asks for, and what reads its content into a place of its size. */
export interface ReadableFile {
  readonly fileId: string;
  /** Bytes. */
  readonly size: number;
  readonly readInto: (place: Uint8Array) => void;
}

/** Sends the contents of several small files at once; sending them twice does no harm. */
export async function uploadFiles(
  backend: HttpClient,
  id: string,
  files: readonly ReadableFile[],
): Promise<void> {
  const ids = files.map(({ fileId }) => fileId);
  const line = new TextEncoder().encode(`${JSON.stringify(ids)}\n`);
  const size = files.reduce((sum, { size }) => sum + size, 0);
  const body = new Uint8Array(line.length + size);
  body.set(line);
  let at = line.length;
  for (const { size, readInto } of files) readInto(body.subarray(at, at += size));
  await backend.json("PUT", `${BASE}${path(id)}/files`, {
    body,
    headers: { "content-type": "application/octet-stream" },
    idempotent: true,
    timeoutMs: transferTimeoutMs(body.length),
  });
}

/** Makes a deployment whose files come in an archive, and says where that goes. */
export function createArchiveDeployment(backend: HttpClient): Promise<CreateDeploymentResponse> {
  return backend.json("POST", BASE);
}

/** Begins a deployment whose files are there. */
export async function startDeployment(
  backend: HttpClient,
  id: string,
  settings: StartDeploymentRequest,
): Promise<Deployment> {
  const answer = await backend.json<Partial<Deployment> | undefined>(
    "POST",
    `${BASE}${path(id)}/start`,
    { json: settings, timeoutMs: SLOW_ANSWER_MS },
  );
  // Not every backend answers with the deployment.
  return { id, status: "QUEUED", ...answer };
}

/** The variables of builds, without their values. */
export async function listEnvVars(backend: HttpClient): Promise<DeploymentEnvVar[]> {
  const answer = await backend.json<DeploymentEnvVar[] | { envVars?: DeploymentEnvVar[] }>(
    "GET",
    `${BASE}/env-vars`,
  );
  return Array.isArray(answer) ? answer : answer?.envVars ?? [];
}

/** Creates or changes variables. */
export function setEnvVars(
  backend: HttpClient,
  envVars: readonly EnvVar[],
): Promise<Confirmation & { readonly count?: number }> {
  return backend.json("POST", `${BASE}/env-vars`, { json: { envVars }, idempotent: true });
}

/** Removes a variable by its id, which is not its key. @throws {HttpError} 404 */
export function deleteEnvVar(backend: HttpClient, id: string): Promise<Confirmation> {
  return backend.json("DELETE", `${BASE}/env-vars${path(id)}`);
}

/** What is published, and where; null where there is none. */
export interface DeploymentMetadata {
  readonly currentDeploymentId: string | null;
  readonly defaultDomainUrl: string | null;
  readonly customDomainUrl: string | null;
}

/** The deployment that visitors see, and its addresses. */
export function deploymentMetadata(backend: HttpClient): Promise<DeploymentMetadata> {
  return backend.json("GET", `${BASE}/metadata`);
}

/** Chooses the name in the site's address; null gives it up. @throws {HttpError} 409 when taken */
export async function setDeploymentSlug(
  backend: HttpClient,
  slug: string | null,
): Promise<{ readonly slug: string | null; readonly domain?: string | null }> {
  const settings = { json: { slug }, idempotent: true };
  const answer = await backend.json<{ slug: string | null } | undefined>(
    "PUT",
    `${BASE}/slug`,
    settings,
  );
  return answer ?? { slug };
}
