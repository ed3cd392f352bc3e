/** How much of a thread's time some work may take, beside everything else that it does. */

/** The longest that such work goes on at a time, in milliseconds. */
const TURN_MS = 1;

/** Time that is given at a rate, and kept up to an amount for work that comes all at once. */
export class ShareOfTime {
  readonly #share: number;
  readonly #most: number;
  #left: number;
  #turn = 0;
  #since = performance.now();

  /** @param share of the time, below 1. @param most milliseconds that may be taken ahead */
  constructor(share: number, most: number) {
    this.#share = share;
    this.#most = most;
    this.#left = most;
  }

  /**
   * Does a piece of the work. What it answers is to be waited for before the next one, so that
   * other work of the thread has its turn.
   */
  do(work: () => void): Promise<void> | undefined {
    const started = performance.now();
    work();
    return this.take(performance.now() - started);
  }

  /** As {@link do}, for work that was done just now, in so many milliseconds. */
  take(taken: number): Promise<void> | undefined {
    const now = performance.now();
    const since = Math.max(0, now - taken - this.#since);
    this.#left = Math.min(this.#most, this.#left + since * this.#share) - taken;
    this.#since = now;
    this.#turn += taken;
    if (this.#turn < TURN_MS) return undefined;
    this.#turn = 0;
    const rest = Math.max(0, -this.#left / this.#share);
    return new Promise((resolve) => setTimeout(resolve, rest));
  }
}
