import type { Logger } from "./logs/log_file.ts";

/**
 * Work that goes on beside the requests, once {@link begin} was called. Everything is stopped, and
 * waited for, when the server closes.
 */
export class Jobs {
  readonly #logger: Logger;
  readonly #stop = new AbortController();
  readonly #running = new Set<Promise<void>>();
  /** What is to begin; undefined from then on. */
  #waiting: (() => void)[] | undefined = [];

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  /** Aborted when the server closes. */
  get signal(): AbortSignal {
    return this.#stop.signal;
  }

  /** Begins: not before somebody can ask, who would wait for it. */
  begin(): void {
    const waiting = this.#waiting ?? [];
    this.#waiting = undefined;
    for (const start of waiting) start();
  }

  /** Runs `work` once, beside the requests. What it throws is logged. */
  run(name: string, work: (signal: AbortSignal) => Promise<void>): void {
    if (this.#waiting) {
      this.#waiting.push(() => this.run(name, work));
      return;
    }
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
    // Some of it is what ends a part of the server.
    this.begin();
    this.#stop.abort();
    await Promise.all(this.#running);
  }
}
