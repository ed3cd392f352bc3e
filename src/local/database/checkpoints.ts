import type { Session } from "./session.ts";

/** Bytes of write-ahead log that a crash may leave to be replayed. */
const maxLogBytes = 64 * 1024 * 1024;
/** How many requests, or milliseconds, may pass before it looks how long the log is. */
const requestsBetweenLooks = 200;
const longRequestMs = 1000;

/**
 * Writes checkpoints: single-user PostgreSQL has no process that would, and without them the write-ahead log grows for
 * as long as the server runs.
 */
export class Checkpoints {
  readonly #session: Session;
  #requests = 0;
  #lookedAt = performance.now();
  #lastCheckpoint: number | undefined;

  constructor(session: Session) {
    this.#session = session;
  }

  /** Call between two requests, never inside a transaction. */
  async afterRequest(): Promise<void> {
    const now = performance.now();
    if (++this.#requests < requestsBetweenLooks && now - this.#lookedAt < longRequestMs) return;
    if (this.#session.pglite.closed || this.#session.pglite.isInTransaction()) return;
    this.#requests = 0;
    this.#lookedAt = now;
    const position = await this.#logPosition();
    this.#lastCheckpoint ??= position;
    if (position - this.#lastCheckpoint < maxLogBytes) return;
    await this.#session.run({ sql: "CHECKPOINT" });
    this.#lastCheckpoint = position;
  }

  async #logPosition(): Promise<number> {
    const { rows } = await this.#session.run({
      sql: "SELECT (pg_current_wal_insert_lsn() - '0/0')::float8 AS bytes",
    });
    return JSON.parse(new TextDecoder().decode(rows))[0].bytes;
  }
}
