import type { Logger } from "./logs/log_file.ts";

/**
 * Work that goes on beside the requests. Everything is stopped, and waited for, when the server
 * closes.
 */
export class Jobs {
  readonly #logger: Logger;
  readonly #stop = new AbortController();
  readonly #running = new Set<Promise<void>>();

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  /** Aborted when the server closes. */
  get signal(): AbortSignal {
    return this.#stop.signal;
  }

  /** Runs `work` once, beside the requests. What it throws is logged. */
  run(name: string, work: (signal: AbortSignal) => Promise<void>): void {
    if (this.signal.aborted) return;
    const running = work(this.signal)
      .catch((error) => {
        if (!this.signal.aborted) this.#logger.error(`${name} failed`, { error: String(error) });
      })
      .finally(() => this.#running.delete(running));
    this.#running.add(running);
  }

  /** Runs `work` every `intervalMs`, the first time after one interval; never twice at once. */
  every(name: string, intervalMs: number, work: (signal: AbortSignal) => Promise<void>): void {
    if (this.signal.aborted) return;
    let busy = false;
    const timer = setInterval(() => {
      if (busy) return;
      busy = true;
      this.run(name, (signal) => work(signal).finally(() => busy = false));
    }, intervalMs);
    this.signal.addEventListener("abort", () => clearInterval(timer));
  }

  /** Stops all jobs and waits until the last has ended. */
  async close(): Promise<void> {
    this.#stop.abort();
    await Promise.all(this.#running);
  }
}
