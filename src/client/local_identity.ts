/** Makes sure that a local backend is ours before it is sent a key. */
import { NetworkError, OperationError } from "../core/errors.ts";
import {
  IDENTITY_PATH,
  type KeyProofs,
  newChallenge,
  proofOf,
} from "../shared/contract/key_proof.ts";
import type { BackendTarget } from "../config/target.ts";
import { backendError } from "./backend.ts";
import { readAtMost } from "../core/bounded_body.ts";
import { HttpClient, type RequestOptions, type SharedSettings } from "./http.ts";
import { lacksAuthorities } from "./network_failure.ts";

/**
 * Where every local backend listens. The proof covers the port alone: who has that port at another
 * address of this machine, to which `localhost` may lead, could pass the challenge on.
 */
const ADDRESS = "127.0.0.1";

/**
 * Whether what answers at an address holds the key that we have; the key itself is not sent.
 * @throws {NetworkError} when nothing answers
 */
export async function holdsKey(
  { url, apiKey }: Pick<BackendTarget, "url" | "apiKey">,
  surroundings: SharedSettings,
  options: Pick<RequestOptions, "timeoutMs" | "idempotent"> = {},
): Promise<boolean> {
  const { hostname, port } = new URL(url);
  if (hostname !== ADDRESS) return false;
  const client = new HttpClient({
    ...surroundings,
    baseUrl: url,
    bearer: () => Promise.resolve(undefined),
    toError: backendError,
  });
  const challenge = newChallenge();
  const response = await client.unbounded("GET", IDENTITY_PATH, {
    ...options,
    query: { challenge },
    accept: () => true,
    keepRedirects: true,
  });
  if (response.status !== 200) {
    await response.body?.cancel();
    return false;
  }
  const proofs = await readProofs(response, surroundings, options.timeoutMs);
  const expected = await proofOf(apiKey, challenge, Number(port || 80));
  return proofs.includes(expected);
}

/** Bytes and milliseconds that an answer of ours never takes. */
const MOST_BYTES = 64 * 1024;
const MOST_MS = 30_000;

/** The proofs of an answer; none where it is no such answer, or has no end. */
async function readProofs(
  response: Response,
  { clock }: SharedSettings,
  timeoutMs = MOST_MS,
): Promise<readonly unknown[]> {
  const late = new AbortController();
  const callOff = clock.after(timeoutMs, () => late.abort());
  try {
    const bytes = await readAtMost(response, MOST_BYTES, late.signal);
    const { proofs } = JSON.parse(new TextDecoder().decode(bytes)) as Partial<KeyProofs>;
    return Array.isArray(proofs) ? proofs : [];
  } catch {
    return [];
  } finally {
    callOff();
  }
}

/** @throws {OperationError} when the local backend is stopped, or another program has its place */
export async function requireOurs(
  target: BackendTarget,
  surroundings: SharedSettings,
): Promise<void> {
  // A server of this machine that does not listen will not do so on the next try.
  const isOurs = await holdsKey(target, surroundings, { idempotent: false }).catch((error) => {
    if (!(error instanceof NetworkError) || lacksAuthorities(error)) throw error;
    throw error.mayHaveArrived ? silent(error) : stopped(error);
  });
  if (isOurs) return;
  throw new OperationError(
    `What answers at ${target.url} is not the local backend of this directory: it was sent no key.`,
    "LOCAL_NOT_OURS",
    { hint: "Run `insforge local start`, which finds or starts ours and links it." },
  );
}

/** It may run, and have its hands full. */
function silent(cause: NetworkError): OperationError {
  return new OperationError(
    `The local backend of this directory does not answer. ${cause.message}`,
    "LOCAL_NO_ANSWER",
    { hint: "Look whether it runs with: insforge local status", cause },
  );
}

function stopped(cause: NetworkError): OperationError {
  return new OperationError("The local backend of this directory is stopped.", "LOCAL_STOPPED", {
    hint: "Start it with: insforge local start",
    cause,
  });
}
