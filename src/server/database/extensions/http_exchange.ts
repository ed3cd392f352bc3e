/**
 * SQL that asks the network waits for the answer, in a worker that has no network: it asks the
 * server's thread, and sleeps on a cell of shared memory until that thread has written there.
 */
import { fetchFailure } from "../../../core/fetch_failure.ts";
import { isWebAddress } from "../../../core/web_address.ts";
import { readAtMost } from "../../../core/bounded_body.ts";

/** A question of the worker's, and where its answer goes. */
export interface HttpQuestion {
  /** An {@link HttpRequest} as JSON in UTF-8. */
  readonly request: Uint8Array<ArrayBuffer>;
  /** State, length, and from {@link HEAD_BYTES} on the answer; it grows. */
  readonly shared: SharedArrayBuffer;
}

/** A request as the extension writes it. */
interface HttpRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: readonly (readonly [string, string])[] | null;
  readonly contentType: string | null;
  readonly content: string | null;
  readonly userAgent: string | null;
  readonly milliseconds: number;
}

const HEAD_BYTES = 8;
/** Bytes that an answer may have, as JSON. */
const MOST_BYTES = 64 * 1024 * 1024;
const TOO_LARGE = `the answer has more than ${MOST_BYTES / 1024 ** 2} MiB`;
const WAITING = 0;
const ANSWERED = 1;

/** Asks, and blocks this thread until the answer is there. @param post sends it to the server */
export function askServer(
  request: Uint8Array<ArrayBuffer>,
  post: (question: HttpQuestion) => void,
): Uint8Array {
  const shared = new SharedArrayBuffer(HEAD_BYTES, { maxByteLength: HEAD_BYTES + MOST_BYTES });
  const cells = new Int32Array(shared, 0, 2);
  post({ request, shared });
  while (Atomics.load(cells, 0) === WAITING) Atomics.wait(cells, 0, WAITING);
  return new Uint8Array(shared, HEAD_BYTES, Atomics.load(cells, 1)).slice();
}

/** Carries a question out. @param signal aborted when nobody waits for the answer any more */
export async function answerQuestion(
  { request, shared }: HttpQuestion,
  signal: AbortSignal,
): Promise<void> {
  const answer = await exchange(request, signal).catch((error) => ({ failure: error.message }));
  let bytes = new TextEncoder().encode(JSON.stringify(answer));
  if (bytes.length > MOST_BYTES) {
    bytes = new TextEncoder().encode(JSON.stringify({ failure: TOO_LARGE }));
  }
  shared.grow(HEAD_BYTES + bytes.length);
  new Uint8Array(shared, HEAD_BYTES).set(bytes);
  const cells = new Int32Array(shared, 0, 2);
  Atomics.store(cells, 1, bytes.length);
  Atomics.store(cells, 0, ANSWERED);
  Atomics.notify(cells, 0);
}

async function exchange(request: Uint8Array, signal: AbortSignal): Promise<object> {
  const { method, url, headers, contentType, content, userAgent, milliseconds } = JSON.parse(
    new TextDecoder().decode(request),
  ) as HttpRequest;
  if (!isWebAddress(url)) {
    throw new Error(`URL rejected: ${url} is no address of HTTP`);
  }
  const sent = new Headers(headers?.map(([name, value]) => [name, value]));
  if (contentType !== null) sent.set("content-type", contentType);
  if (userAgent !== null) sent.set("user-agent", userAgent);
  const isLate = AbortSignal.timeout(milliseconds);
  try {
    const response = await fetch(url, {
      method,
      headers: sent,
      body: ["GET", "HEAD"].includes(method) ? undefined : content,
      signal: AbortSignal.any([signal, isLate]),
    });
    const bytes = await readAtMost(response, MOST_BYTES);
    if (!bytes) throw new Error(TOO_LARGE);
    const text = new TextDecoder().decode(bytes);
    return {
      status: response.status,
      contentType: response.headers.get("content-type"),
      headers: [...response.headers],
      // PostgreSQL holds every character but this one.
      content: text.replaceAll("\0", ""),
    };
  } catch (error) {
    if (!isLate.aborted) throw new Error(fetchFailure(error), { cause: error });
    throw new Error(`Operation timed out after ${milliseconds} milliseconds`, { cause: error });
  }
}
