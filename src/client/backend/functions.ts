/** Function endpoints: section 8 of the HTTP contract. */
import { ifKnown } from "../absent.ts";
import { HttpError } from "../../core/errors.ts";
import { path } from "../address.ts";
import type { HttpClient } from "../http.ts";
import { sendChange } from "../lost_answer.ts";

/** A function; lists leave the code out. */
export interface EdgeFunction {
  readonly id: string;
  readonly slug: string;
  readonly name: string;
  readonly description?: string | null;
  readonly code?: string;
  readonly status: string;
  readonly createdAt?: string | null;
  readonly updatedAt?: string | null;
  readonly deployedAt?: string | null;
}

export interface FunctionList {
  readonly functions: readonly EdgeFunction[];
  readonly runtime?: { readonly status?: string };
  readonly deploymentUrl?: string | null;
}

/** What the backend says of a deployed function. */
export interface Deployed {
  readonly success?: boolean;
  readonly function?: EdgeFunction;
  readonly deployment?: {
    readonly id?: string;
    readonly status?: string;
    readonly url?: string | null;
    readonly buildLogs?: readonly string[];
  } | null;
}

/** What is sent of a function; what is left out stays as it is. */
export interface FunctionUpload {
  readonly name?: string;
  readonly description?: string;
  readonly code: string;
}

const BASE = "/api/functions";

/** The hosted runtime builds before it answers, for a minute at most. */
const BUILD_TIMEOUT_MS = 120_000;
/** Above the time that a function may take. */
const INVOKE_TIMEOUT_MS = 150_000;

/** All functions, without their code. */
export async function listFunctions(backend: HttpClient): Promise<FunctionList> {
  const answer = await backend.json<FunctionList | EdgeFunction[]>("GET", BASE);
  const list = Array.isArray(answer) ? { functions: answer } : answer;
  return { ...list, functions: (list?.functions ?? []).map(camelCased) };
}

/** One function with its code. @throws {HttpError} 404 */
export async function getFunction(backend: HttpClient, slug: string): Promise<EdgeFunction> {
  return camelCased(await backend.json<EdgeFunction>("GET", BASE + path(slug)));
}

/** What became of a function that was to be deployed. */
export type DeployOutcome = Deployed & { readonly action: "created" | "updated" | "unchanged" };

/**
 * Updates a function, or creates it where there is none.
 * @param isLazy leaves one alone that has this code already: changes are limited in rate
 * @throws {HttpError}
 */
export async function deployFunction(
  backend: HttpClient,
  slug: string,
  upload: FunctionUpload,
  isLazy = false,
): Promise<DeployOutcome> {
  const deployed = {
    may: `${slug} may have been deployed`,
    hint: `Compare with \`insforge functions code ${slug}\`, or deploy it again.`,
  };
  const update = async (): Promise<DeployOutcome> => {
    const options = { json: upload, timeoutMs: BUILD_TIMEOUT_MS, idempotent: true };
    const send = () => backend.json<Deployed>("PUT", BASE + path(slug), options);
    return { ...await sendChange(send, deployed), action: "updated" as const };
  };
  const before = await find(backend, slug);
  const isSame = before?.code === upload.code && before.status === "active";
  if (isLazy && isSame) return { success: true, function: before, action: "unchanged" };
  if (before) return await update();
  try {
    const json = { slug, ...upload, name: upload.name ?? slug };
    const send = () => backend.json<Deployed>("POST", BASE, { json, timeoutMs: BUILD_TIMEOUT_MS });
    return { ...await sendChange(send, deployed), action: "created" };
  } catch (error) {
    // Someone else created it in the meantime.
    if (error instanceof HttpError && error.status === 409) return await update();
    throw error;
  }
}

/** Deletes a function for good. @throws {HttpError} 404 */
export function deleteFunction(
  backend: HttpClient,
  slug: string,
): Promise<{ readonly success?: boolean; readonly message?: string }> {
  return backend.json("DELETE", BASE + path(slug));
}

/** Calls a function and answers what it answers, whatever its status. */
export function invokeFunction(
  backend: HttpClient,
  slug: string,
  request: {
    readonly method: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly body?: BodyInit;
  },
): Promise<Response> {
  const send = () =>
    backend.stream(request.method, `/functions${path(slug)}`, {
      headers: request.headers,
      body: request.body,
      timeoutMs: INVOKE_TIMEOUT_MS,
      idempotent: false,
      keepRedirects: true,
      accept: () => true,
    });
  return sendChange(send, {
    may: "the function may have run",
    hint: "See with `insforge logs function.logs` before you call it again.",
  });
}

/** Only a 404 that speaks of the function means that it is new. */
async function find(backend: HttpClient, slug: string): Promise<EdgeFunction | undefined> {
  return await ifKnown(getFunction(backend, slug));
}

/** Older backends send some names in snake case. */
function camelCased(found: EdgeFunction): EdgeFunction {
  const entries = Object.entries(found).map(([name, value]) => [
    name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()),
    value,
  ]);
  return Object.fromEntries(entries);
}
