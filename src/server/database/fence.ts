/** States of a fence's cell. */
const STATE = { open: 0, passing: 1, passingLast: 2, closed: 3 } as const;
/** Milliseconds between looks whether the last operation has ended. */
const BETWEEN_LOOKS_MS = 5;

/**
 * Stands between a worker and its files. A worker that is terminated may go on for two seconds;
 * once its fence is closed it changes no file, and the next one need not wait for its end.
 */
export class Fence {
  readonly #cell: Int32Array;

  /** @param cell one cell that the worker and the server share */
  constructor(cell: Int32Array) {
    this.#cell = cell;
  }

  /** Carries out an operation on files, not within another. @throws {Error} once it is closed */
  pass<T>(operation: () => T): T {
    if (!this.#move(STATE.open, STATE.passing)) throw new Error("The database was given up");
    try {
      return operation();
    } finally {
      if (!this.#move(STATE.passing, STATE.open)) Atomics.store(this.#cell, 0, STATE.closed);
    }
  }

  /** Lets no further operation begin; resolves when the last one has ended. */
  async close(): Promise<void> {
    while (!this.#move(STATE.open, STATE.closed)) {
      if (Atomics.load(this.#cell, 0) === STATE.closed) return;
      this.#move(STATE.passing, STATE.passingLast);
      await new Promise((resolve) => setTimeout(resolve, BETWEEN_LOOKS_MS));
    }
  }

  #move(from: number, to: number): boolean {
    return Atomics.compareExchange(this.#cell, 0, from, to) === from;
  }
}
