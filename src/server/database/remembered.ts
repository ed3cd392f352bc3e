import type { Timer } from "../../core/timer.ts";
import type { Engine } from "./engine.ts";
import type { RawResult } from "./messages.ts";

/** Milliseconds of rest after which what may have changed is read again. */
const REST_MS = 50;

/** What a query answered, and how far the database had come by then. */
interface Known {
  readonly settled: number;
  readonly result: RawResult;
}

/** Reads in one transaction, and tells how far the database has come meanwhile. */
type Read = (
  queries: readonly string[],
) => Promise<{ readonly settled: number | undefined; readonly results: readonly RawResult[] }>;

/**
 * Answers of the server's own queries, kept for as long as no row can have changed: a statement
 * that still runs has changed nothing, so nobody who asks waits for it. What may have changed is
 * read again once the database rests, and so is known when the next long statement begins.
 * Over an engine that others write to as well, nothing is kept.
 */
export class Remembered {
  readonly #engine: Engine;
  readonly #read: Read;
  readonly #known = new Map<string, Known>();
  #rest: Timer | undefined;

  constructor(engine: Engine, read: Read) {
    this.#engine = engine;
    this.#read = read;
    if (engine.settled !== undefined) engine.onRest = () => this.#readSoon();
  }

  /** What a query without parameters answers now. */
  async get(sql: string): Promise<RawResult> {
    const known = this.#known.get(sql);
    if (known && known.settled === this.#engine.settled) return known.result;
    return (await this.#ask([sql]))[0]!;
  }

  /** Reads nothing more by itself. */
  close(): void {
    clearTimeout(this.#rest);
    this.#engine.onRest = undefined;
  }

  async #ask(queries: readonly string[]): Promise<readonly RawResult[]> {
    const { settled, results } = await this.#read(queries);
    if (settled !== undefined) {
      queries.forEach((sql, index) => this.#known.set(sql, { settled, result: results[index]! }));
    }
    return results;
  }

  /** Reads what may have changed, unless somebody comes first. */
  #readSoon(): void {
    clearTimeout(this.#rest);
    if (this.#stale().length === 0) return;
    this.#rest = setTimeout(() => {
      if (this.#engine.activity().running.length > 0) return;
      // Whoever asks next reads it, and is told why it fails.
      this.#ask(this.#stale()).catch(() => {});
    }, REST_MS);
  }

  #stale(): string[] {
    const { settled } = this.#engine;
    return [...this.#known].filter(([, known]) => known.settled !== settled).map(([sql]) => sql);
  }
}
