import type { Notification } from "./messages.ts";
import type { RawResult, SessionOptions, StatementInput } from "./messages.ts";
import { PostgresError } from "./postgres_error.ts";
import { ResultReader } from "./result_reader.ts";
import { query, queryWith } from "./wire/questions.ts";
import { parameterText } from "./wire_values.ts";

/**
 * One PostgreSQL session, spoken to in the wire protocol so that values keep their exact text.
 *
 * A caller's SQL runs confined: as its role, in a state in which nothing that SQL can say leads to
 * another one. How that is done is the engine's.
 */
export abstract class Session {
  /** Whether the transaction only reads, and so puts nothing off to its end. */
  protected onlyReads = false;

  /** Opens a transaction as the given role; without one for the server's own statements. */
  async begin({ role, claims, settings, readOnly }: SessionOptions): Promise<void> {
    this.onlyReads = readOnly ?? false;
    const parts = [readOnly ? "BEGIN READ ONLY" : "BEGIN"];
    if (!role) parts.push(`SET LOCAL search_path = ${OWN_PATH}`);
    const set = { ...claims && { [CLAIMS]: JSON.stringify(claims) }, ...settings };
    const calls = Object.entries(set).map(([name, value]) =>
      `pg_catalog.set_config(${literal(name)}, ${literal(value)}, true)`
    );
    if (calls.length > 0) parts.push(`SELECT ${calls.join(", ")}`);
    if (role) parts.push(`SET LOCAL ROLE ${role}`);
    await this.run({ sql: parts.join(";") });
    if (role) this.confine();
  }

  /**
   * Runs statements in one transaction, all or nothing.
   * @param mayCommit asked when nothing is left to do but that
   */
  async transact(
    statements: readonly StatementInput[],
    options: SessionOptions,
    mayCommit: () => boolean,
  ): Promise<RawResult[]> {
    const results: RawResult[] = [];
    let done = 0;
    try {
      await this.begin(options);
      for (const statement of statements) {
        const result = await this.run(statement);
        results.push(result);
        done += result.rowCounts.length;
      }
      await this.#settleAndCommit(mayCommit);
      return results;
    } catch (error) {
      if (!(error instanceof PostgresError)) throw error;
      await this.rollback();
      error.fields.statement = done + (error.fields.statement ?? 0);
      throw error;
    }
  }

  /** Ends a transaction, undone where it cannot be committed. @throws {PostgresError} */
  async finish(mayCommit: () => boolean): Promise<void> {
    try {
      await this.#settleAndCommit(mayCommit);
    } catch (error) {
      if (error instanceof PostgresError) await this.rollback();
      throw error;
    }
  }

  /** Whether nobody can end a COMMIT that has begun, which so must find nothing to run. */
  protected abstract readonly commitsToTheEnd: boolean;

  async #settleAndCommit(mayCommit: () => boolean): Promise<void> {
    if (this.commitsToTheEnd && !this.onlyReads) {
      await this.run({ sql: "SET CONSTRAINTS ALL IMMEDIATE" });
    }
    if (!mayCommit()) return await this.rollback();
    await this.run({ sql: this.commitSql });
    await this.reset();
  }

  /** What ends a transaction so that it counts. */
  protected get commitSql(): string {
    return "COMMIT";
  }

  async rollback(): Promise<void> {
    await this.run({ sql: "ROLLBACK" });
    await this.reset();
  }

  /** Runs one statement outside any transaction, for those that refuse to be in one. */
  async runBare(statement: StatementInput, { role, claims }: SessionOptions): Promise<RawResult> {
    try {
      if (claims) {
        const value = literal(JSON.stringify(claims));
        await this.run({ sql: `SELECT pg_catalog.set_config('${CLAIMS}', ${value}, false)` });
      }
      if (role) {
        await this.run({ sql: `SET ROLE ${role}` });
        this.confine();
      } else await this.run({ sql: `SET search_path = ${OWN_PATH}` });
      return await this.run(statement);
    } finally {
      await this.reset();
    }
  }

  /**
   * Runs a statement of the server's own inside a caller's transaction: as the superuser, whatever
   * was set before.
   */
  abstract runOwn(statement: StatementInput): Promise<RawResult>;

  /**
   * Runs a statement as the project's owner inside a transaction of the server's own: one that
   * fires triggers of the owner's.
   */
  abstract runAsOwner(statement: StatementInput): Promise<RawResult>;

  /**
   * Runs a text: one statement, or without parameters several, of which the last one's rows are
   * kept.
   * @throws {PostgresError} when PostgreSQL refuses it
   * @throws {PostgresCrash} when PostgreSQL gave no complete answer
   */
  async run({ sql, params }: StatementInput): Promise<RawResult> {
    // PostgreSQL would read the text up to there.
    if (sql.includes("\0")) throw new PostgresError(NUL_ERROR);
    const reader = new ResultReader((notification) => this.hear(notification));
    // Half a surrogate pair has other lengths in different encoders.
    const text = sql.toWellFormed();
    await this.exchange(
      params?.length ? queryWith(text, params.map(textOf)) : query(text),
      (bytes) => reader.read(bytes),
    );
    return reader.finish();
  }

  /**
   * Sends messages and resolves when PostgreSQL waits for the next one.
   * @param onAnswer takes what it says; the bytes may change once it returns
   */
  protected abstract exchange(
    message: Uint8Array,
    onAnswer: (bytes: Uint8Array) => void,
  ): Promise<void>;

  /** From here on only {@link reset} leads back to another role. */
  protected abstract confine(): void;

  /**
   * Undoes whatever the caller's SQL left on the session: role, settings, temporary tables, locks,
   * prepared statements.
   */
  abstract reset(): Promise<void>;

  /** Told of notifications that come among the answers. */
  protected abstract hear(notification: Notification): void;
}

/**
 * Where the server's own SQL looks for names. What a caller made must not take the place of what is
 * PostgreSQL's own, and unless they are named last, the tables and types of `pg_temp` come first.
 */
export const OWN_PATH = "pg_catalog, pg_temp";

/** The setting that `auth.uid()` and its kin read. */
const CLAIMS = "request.jwt.claims";

const NUL_ERROR = {
  sqlstate: "22021",
  message: 'invalid byte sequence for encoding "UTF8": 0x00',
};

function textOf(param: unknown): string | null {
  return parameterText(param)?.toWellFormed() ?? null;
}

/** A text as SQL writes it. */
export function literal(text: string): string {
  return ` E'${text.replace(/[\\']/g, "\\$&")}'`;
}
