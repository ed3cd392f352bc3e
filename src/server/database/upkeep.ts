import type { Timer } from "../../core/timer.ts";
import type { OpenDatabase } from "./open.ts";
import type { PgliteSession } from "./pglite_session.ts";
import { PostgresError } from "./postgres_error.ts";

/** Bytes of write-ahead log that a crash may leave to be replayed. */
const MAX_LOG_BYTES = 64 * 1024 * 1024;
/** How many requests, or milliseconds, may pass before it looks how long the log is. */
const REQUESTS_BETWEEN_LOOKS = 200;
const BETWEEN_LOOKS_MS = 1000;
/**
 * Milliseconds without a request after which tables are vacuumed, and the longest that a busy
 * server puts it off.
 */
const IDLE_BEFORE_VACUUM_MS = 1000;
const LONGEST_WITHOUT_VACUUM_MS = 60_000;
/** Milliseconds that a request waits for a vacuum, which it then ends. */
const PATIENCE_MS = 200;

type UpkeepDatabase = Pick<OpenDatabase, "session" | "checkpointed" | "runUntil">;

/**
 * What PostgreSQL's background processes would do, which single-user mode does not have:
 * checkpoints, without which the write-ahead log grows for as long as the server runs, and vacuum
 * with fresh statistics for the planner.
 */
export class Upkeep {
  readonly #database: UpkeepDatabase;
  readonly #session: PgliteSession;
  readonly #onWork: () => void;
  readonly #isWanted: () => boolean;
  #requests = 0;
  #lookedAt = performance.now();
  #lastCheckpoint: number | undefined;
  #vacuumedAt = performance.now();
  #idle: Timer | undefined;

  /**
   * @param onWork called before what may take long
   * @param isWanted whether a request waits
   */
  constructor(database: UpkeepDatabase, onWork: () => void, isWanted: () => boolean) {
    this.#database = database;
    this.#session = database.session;
    this.#onWork = onWork;
    this.#isWanted = isWanted;
  }

  /**
   * Call after each request.
   * @param whenIdle is called with the work that is due once no request has come for a while
   */
  async afterRequest(whenIdle: (work: () => Promise<void>) => void): Promise<void> {
    clearTimeout(this.#idle);
    const { pglite } = this.#session;
    if (pglite.closed || pglite.isInTransaction()) return;
    this.#idle = setTimeout(() => whenIdle(() => this.#vacuum()), IDLE_BEFORE_VACUUM_MS);
    const now = performance.now();
    if (now - this.#vacuumedAt > LONGEST_WITHOUT_VACUUM_MS) await this.#vacuum();
    if (
      ++this.#requests < REQUESTS_BETWEEN_LOOKS && now - this.#lookedAt < BETWEEN_LOOKS_MS
    ) {
      return;
    }
    this.#requests = 0;
    this.#lookedAt = now;
    await this.#checkpoint();
  }

  async #checkpoint(): Promise<void> {
    const [{ bytes }] = await this.#rows<[{ bytes: number }]>(
      "SELECT (pg_current_wal_insert_lsn() - '0/0')::float8 AS bytes",
    );
    this.#lastCheckpoint ??= bytes;
    if (bytes - this.#lastCheckpoint < MAX_LOG_BYTES) return;
    this.#onWork();
    const start = Date.now();
    await this.#session.run({ sql: "CHECKPOINT" });
    this.#lastCheckpoint = bytes;
    this.#database.checkpointed(start);
  }

  /**
   * Vacuums and analyzes tables that changed much, by the thresholds of autovacuum, small ones
   * first. A request that comes meanwhile ends it: of a table, what was vacuumed need not be again.
   */
  async #vacuum(): Promise<void> {
    const { pglite } = this.#session;
    if (pglite.closed || pglite.isInTransaction()) return;
    this.#onWork();
    this.#vacuumedAt = performance.now();
    await this.#session.run({ sql: "SELECT pg_stat_force_next_flush()" });
    const until = performance.now() + PATIENCE_MS;
    const isOver = () => this.#isWanted() && performance.now() > until;
    for (const { name } of await this.#rows<{ name: string }[]>(DUE_SQL)) {
      for (const work of ["ANALYZE", "VACUUM"]) {
        if (isOver()) return;
        await this.#database.runUntil(isOver, `${work} (SKIP_LOCKED) ${name}`).catch((error) => {
          // Somebody's function in an index fails as well: the others are due all the same.
          if (!(error instanceof PostgresError)) throw error;
        });
      }
    }
  }

  async #rows<Rows>(sql: string): Promise<Rows> {
    const { rows } = await this.#session.runBare({ sql }, {});
    return JSON.parse(new TextDecoder().decode(rows));
  }
}

const DUE_SQL = `
SELECT c.oid::regclass AS name
FROM pg_stat_user_tables s JOIN pg_class c ON c.oid = s.relid
WHERE s.n_dead_tup > 50 + 0.2 * greatest(c.reltuples, 0)
  OR s.n_mod_since_analyze > 50 + 0.1 * greatest(c.reltuples, 0)
ORDER BY pg_relation_size(c.oid)
LIMIT 5`;
