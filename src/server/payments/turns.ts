/** Lets what must not run at once run one after another. */
export class Turns {
  readonly #last = new Map<string, Promise<void>>();

  /** Runs a task once those before it with the same name have ended. */
  async take<T>(name: string, task: () => Promise<T>): Promise<T> {
    const before = this.#last.get(name);
    const own = (async () => {
      await before;
      return await task();
    })();
    const ended = own.then(() => {}, () => {});
    this.#last.set(name, ended);
    try {
      return await own;
    } finally {
      if (this.#last.get(name) === ended) this.#last.delete(name);
    }
  }
}
