/** Time, so that tests can have their own. */
import type { Timer } from "./timer.ts";

export interface Clock {
  now(): Date;
  /** Waits; ends early with the signal's reason when that is aborted. */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>;
  /**
   * Calls back when a limit is reached; the function that it answers calls that off. Of a span in
   * which this thread could hear nobody, being busy or asleep with its machine, a tenth of the
   * limit counts at most.
   */
  after(milliseconds: number, call: () => void): () => void;
}

/** The parts in which a limit is waited for: between them the thread hears what has come. */
const PARTS = 10;

/** Real time. */
export const systemClock: Clock = {
  now: () => new Date(),
  sleep(milliseconds, signal) {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      const onAbort = () => {
        clearTimeout(timer);
        reject(signal!.reason);
      };
      const timer = setTimeout(() => {
        signal?.removeEventListener("abort", onAbort);
        resolve();
      }, milliseconds);
      signal?.addEventListener("abort", onAbort, { once: true });
    });
  },
  after(milliseconds, call) {
    const part = Math.ceil(milliseconds / PARTS);
    let left = milliseconds;
    let timer: Timer;
    const wait = () => {
      const next = Math.min(part, left);
      left -= next;
      timer = setTimeout(left > 0 ? wait : call, next);
    };
    wait();
    return () => clearTimeout(timer);
  },
};
