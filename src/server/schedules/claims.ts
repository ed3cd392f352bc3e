import type { Database } from "../database/client.ts";

/**
 * Which of several servers over one database does what is due: the first that claims it. A server
 * that dies meanwhile takes that one run with it; the next is another's.
 */
export class Claims {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Whether other servers may work on the same database. */
  get isShared(): boolean {
    return this.#database.engine.settled === undefined;
  }

  /** Whether a run is this server's. @param job a name that all servers give it */
  async take(job: string, due: Date): Promise<boolean> {
    if (!this.isShared) return true;
    const { rowCount } = await this.#database.query(
      `INSERT INTO schedules.claims AS claim (job, due) VALUES ($1, $2)
      ON CONFLICT (job) DO UPDATE SET due = excluded.due WHERE claim.due < excluded.due`,
      [job, due],
    );
    return rowCount === 1;
  }
}
