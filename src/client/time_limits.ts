/** Bounds of time: for an answer to come, and between the parts of its body. */
import { InterruptedError } from "../core/errors.ts";
import type { Clock } from "../core/clock.ts";
import type { NamedProxy } from "../invocation/proxies.ts";
import { networkFailure } from "./network_failure.ts";

const DEFAULT_TIMEOUT_MS = 30_000;

/** What is waited for, and what ends the wait. */
export interface Bounds {
  readonly url: URL;
  readonly timeoutMs?: number;
  /** Ends the work when the wait is over. */
  readonly abandon: AbortController;
  readonly clock: Clock;
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
  readonly proxyOf?: (url: URL) => NamedProxy | undefined;
  /** The host that named the address. */
  readonly redirectedBy?: string;
  /** What is wrong with the certificate authorities that the environment names. */
  readonly distrust?: string;
}

/** Bounds a wait, and names its failure. @throws {CliError} */
export async function bounded<T>(work: Promise<T>, bounds: Bounds): Promise<T> {
  const { url, timeoutMs = DEFAULT_TIMEOUT_MS, abandon, clock, signal, distrust } = bounds;
  const { promise: late, reject } = Promise.withResolvers<never>();
  const callOff = clock.after(
    timeoutMs,
    () => reject(new DOMException("timed out", "TimeoutError")),
  );
  try {
    return await Promise.race([work, late]);
  } catch (error) {
    work.catch(() => {});
    abandon.abort();
    throw signal.aborted ? new InterruptedError() : networkFailure(error, url, timeoutMs, {
      proxy: bounds.proxyOf?.(url),
      distrust,
      redirectedBy: bounds.redirectedBy,
    });
  } finally {
    callOff();
  }
}

/** A response whose body fails with a named cause when it breaks off, or stalls for so long. */
export function withIdleTimeout(response: Response, bounds: Bounds): Response {
  if (!response.body) return response;
  const reader = response.body.getReader();
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        const { done, value } = await bounded(reader.read(), bounds);
        if (done) controller.close();
        else controller.enqueue(value);
      } catch (error) {
        controller.error(error);
      }
    },
    cancel: (reason) => reader.cancel(reason),
  });
  const { status, statusText, headers } = response;
  return new Response(body, { status, statusText, headers });
}
