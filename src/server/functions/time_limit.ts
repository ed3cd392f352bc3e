/** The function did not answer in time. */
import type { Timer } from "../../core/timer.ts";
export class TimeLimitError extends Error {
  override name = "TimeLimitError";
}

/** Bounds the wait for a head, then for each part of a body. */
export class TimeLimit {
  readonly #controller = new AbortController();
  readonly #milliseconds: number;
  #timer: Timer | undefined;

  constructor(milliseconds: number) {
    this.#milliseconds = milliseconds;
    this.restart();
  }

  /** Aborted when the limit is reached. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Begins to count anew. */
  restart(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      const seconds = this.#milliseconds / 1000;
      this.#controller.abort(
        new TimeLimitError(`The function did not answer within ${seconds} s`),
      );
    }, this.#milliseconds);
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  /** @throws {TimeLimitError} when the work outlasts the limit */
  async guard<T>(work: Promise<T>): Promise<T> {
    const late = Promise.withResolvers<never>();
    const onAbort = () => late.reject(this.signal.reason);
    this.signal.addEventListener("abort", onAbort);
    try {
      return await Promise.race([work, late.promise]);
    } finally {
      work.catch(() => {});
      this.signal.removeEventListener("abort", onAbort);
    }
  }
}
