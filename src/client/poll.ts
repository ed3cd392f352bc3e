/** Waiting for something on a server to become ready. */
import type { Clock } from "../core/clock.ts";
import { HttpError, NetworkError } from "../core/errors.ts";
import { isTransientStatus } from "./http.ts";

export interface PollSettings<T> {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly intervalMs: number;
  readonly timeoutMs: number;
  /** Reads the state once. */
  readonly read: () => Promise<T>;
  /** Whether the state is final; it may throw what ends the wait as a failure. */
  readonly isDone: (state: T) => boolean;
  /** Sees each state, for progress. */
  readonly onState?: (state: T) => void;
}

/** How a wait ended: with the final state, or out of time with what was known last. */
export type PollOutcome<T> =
  | { readonly done: true; readonly state: T }
  | { readonly done: false; readonly state?: T; readonly lastError?: Error };

/**
 * Reads until the state is final or the time is up. Network failures, 408, 429 and 5xx cost one
 * interval; every other error ends the wait at once.
 */
export async function poll<T>(settings: PollSettings<T>): Promise<PollOutcome<T>> {
  const { clock, signal } = settings;
  const deadline = clock.now().getTime() + settings.timeoutMs;
  let state: T | undefined;
  let lastError: Error | undefined;
  while (true) {
    try {
      state = await settings.read();
      lastError = undefined;
      settings.onState?.(state);
      if (settings.isDone(state)) return { done: true, state };
    } catch (error) {
      if (!isTransient(error)) throw error;
      lastError = error as Error;
    }
    if (clock.now().getTime() + settings.intervalMs > deadline) {
      return { done: false, state, lastError };
    }
    await clock.sleep(settings.intervalMs, signal);
  }
}

function isTransient(error: unknown): boolean {
  return error instanceof NetworkError ||
    (error instanceof HttpError && (isTransientStatus(error.status) || error.status >= 500));
}
