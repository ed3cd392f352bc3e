/** Lets requests through to whoever answers them; while nobody can, they wait. */
export class Gate {
  readonly #running = new Set<Promise<unknown>>();
  #opened: Promise<void> | undefined;

  /** Answers a request once the gate is open, and knows whether it had to wait for that. */
  async pass(answer: (hasWaited: boolean) => Response | Promise<Response>): Promise<Response> {
    const hasWaited = this.#opened !== undefined;
    while (this.#opened) await this.#opened;
    const running = Promise.resolve(answer(hasWaited));
    this.#running.add(running);
    try {
      return await running;
    } finally {
      this.#running.delete(running);
    }
  }

  /**
   * Runs `work` while no request passes.
   * @param patience milliseconds that those have to end which run already
   * @param besides how many of them wait for `work` themselves
   */
  async shut(patience: number, besides: number, work: () => Promise<void>): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#opened = promise;
    const late = Promise.withResolvers<void>();
    const timer = setTimeout(late.resolve, patience);
    let isLate = false;
    late.promise.then(() => isLate = true);
    try {
      while (this.#running.size > besides && !isLate) {
        await Promise.race([late.promise, ...this.#running].map((ended) => ended.catch(() => {})));
      }
      await work();
    } finally {
      clearTimeout(timer);
      this.#opened = undefined;
      resolve();
    }
  }
}
