import type { Logger } from "../logs/log_file.ts";
import { ApiError } from "../http/api_error.ts";
import type { BorrowedSession, Engine } from "./engine.ts";
import type { Field, RawResult, SessionOptions, StatementInput } from "./messages.ts";
import { Remembered } from "./remembered.ts";
import { observed } from "./sql_log.ts";
import { SqlSyntaxError } from "../../shared/sql/parser.ts";
import type { SqlStatement } from "./statements.ts";
import { textWithoutValues } from "./without_values.ts";

/**
 * Rows as JavaScript values in the encoding of contract section 6.1: int8 and numeric as text,
 * times as ISO text.
 */
export interface QueryResult<Row = Record<string, unknown>> {
  rows: Row[];
  fields: Field[];
  rowCount: number | null;
}

/** Statements inside one transaction. */
export interface Transaction {
  query<Row = Record<string, unknown>>(
    sql: string,
    params?: readonly unknown[],
  ): Promise<QueryResult<Row>>;
  /**
   * Runs a text of several statements; of the rows only the last one's stay.
   * @param statements how many there are: each has the time that one may take
   */
  run(sql: string, statements?: number): Promise<RawResult>;
  /**
   * Runs one statement of the server's own, as the superuser, in a transaction that belongs to a
   * caller.
   */
  queryOwn<Row = Record<string, unknown>>(
    sql: string,
    params?: readonly unknown[],
  ): Promise<QueryResult<Row>>;
  /** Runs one statement as the project's owner, in a transaction that is the server's own. */
  queryAsOwner<Row = Record<string, unknown>>(
    sql: string,
    params?: readonly unknown[],
  ): Promise<QueryResult<Row>>;
}

/** How a database is opened. */
export interface DatabaseOptions {
  engine: Engine;
  /** Takes statements that fail, and slow ones. */
  sqlLog?: Logger;
  /** Milliseconds that one statement may take. */
  statementTimeout: number;
}

/** The project's database, whatever PostgreSQL is beneath. */
export class Database {
  readonly engine: Engine;
  readonly #sqlLog: Logger | undefined;
  readonly #timeout: number;
  readonly #signal: AbortSignal | undefined;
  readonly #remembered: Remembered;
  #closing: Promise<void> | undefined;

  /** @param signal see {@link Database.until} */
  constructor(
    { engine, sqlLog, statementTimeout }: DatabaseOptions,
    signal?: AbortSignal,
    remembered?: Remembered,
  ) {
    this.engine = engine;
    this.#sqlLog = sqlLog;
    this.#timeout = statementTimeout;
    this.#signal = signal;
    this.#remembered = remembered ?? new Remembered(engine, (queries) => this.#read(queries));
  }

  /** The same database for a caller: once `signal` is aborted, what it asked for is ended. */
  until(signal: AbortSignal): Database {
    const { engine } = this;
    return new Database(
      { engine, sqlLog: this.#sqlLog, statementTimeout: this.#timeout },
      signal,
      this.#remembered,
    );
  }

  /** How often somebody had a turn who could have changed what a schema holds. */
  get changes(): number {
    return this.engine.changes;
  }

  /** Starts PostgreSQL and resolves when it answers. */
  async open(): Promise<void> {
    await this.engine.open();
  }

  /**
   * Runs one statement in a transaction of its own, as the server's own unless a role is given.
   * @throws {DatabaseError} when PostgreSQL refuses it
   */
  async query<Row = Record<string, unknown>>(
    sql: string,
    params?: readonly unknown[],
    session: SessionOptions = {},
  ): Promise<QueryResult<Row>> {
    const [result] = await this.run([{ sql, params }], session);
    return decode<Row>(result!);
  }

  /**
   * Runs statements in one transaction, all or nothing, and answers the last one's rows.
   * @throws {DatabaseError} when PostgreSQL refuses one of them
   */
  async queryLast<Row = Record<string, unknown>>(
    statements: StatementInput[],
    session: SessionOptions = {},
  ): Promise<QueryResult<Row>> {
    return decode((await this.run(statements, session)).at(-1)!);
  }

  /**
   * The rows of a query of the server's own, such as one for settings: whoever asks waits for
   * nobody's statement where none can have changed since they were last read.
   */
  async remembered<Row>(sql: string): Promise<Row[]> {
    return decode<Row>(await this.#remembered.get(sql)).rows;
  }

  /**
   * Runs statements in one transaction, all or nothing; rows stay JSON bytes, ready to be sent.
   * @throws {DatabaseError} when PostgreSQL refuses one of them; `fields.statement` is its index
   */
  async run(statements: StatementInput[], session: SessionOptions = {}): Promise<RawResult[]> {
    const sql = statements.map(({ sql }) => sql).join("; ");
    return await this.#lend(
      sql,
      session,
      (borrowed) => this.#observed(sql, () => borrowed.run(statements)),
      { keepsSchema: keepsSchema(session) },
    );
  }

  /** Runs one statement in a transaction and takes back whatever it did. */
  async runAndRollBack(
    statement: StatementInput,
    session: SessionOptions = {},
  ): Promise<RawResult> {
    return await this.#lend(statement.sql, session, async (borrowed) => {
      await borrowed.begin();
      try {
        return await this.#observed(statement.sql, () => borrowed.step(statement));
      } finally {
        if (!borrowed.isOver) await borrowed.rollback();
      }
    }, { keepsSchema: true });
  }

  /**
   * Runs one statement outside any transaction, for those that refuse to be in one, such as VACUUM.
   */
  async runBare(statement: StatementInput, session: SessionOptions = {}): Promise<RawResult> {
    return await this.#lend(
      statement.sql,
      session,
      (borrowed) => this.#observed(statement.sql, () => borrowed.runBare(statement)),
    );
  }

  /**
   * Runs `body` in one transaction that is rolled back when it throws. Others may wait meanwhile:
   * no network, no files, and no use of the database itself inside.
   * @param timeout milliseconds that each statement may take
   */
  async transaction<T>(
    body: (transaction: Transaction) => Promise<T>,
    session: SessionOptions = {},
    timeout = this.#timeout,
  ): Promise<T> {
    return await this.#lend(
      undefined,
      session,
      async (borrowed) => {
        await borrowed.begin();
        try {
          const step = (statement: StatementInput, as?: "server" | "owner", statements = 1) =>
            this.#observed(statement.sql, () => borrowed.step(statement, as, statements));
          const value = await body({
            query: async (sql, params) => decode(await step({ sql, params })),
            run: (sql, statements) => step({ sql }, undefined, statements),
            queryOwn: async (sql, params) => decode(await step({ sql, params }, "server")),
            queryAsOwner: async (sql, params) => decode(await step({ sql, params }, "owner")),
          });
          await borrowed.commit();
          return value;
        } catch (error) {
          if (!borrowed.isOver) await borrowed.rollback();
          throw error;
        }
      },
      { timeout, keepsSchema: session.keepsSchema ?? session.readOnly },
    );
  }

  /**
   * Nothing changes in the files while `body` runs: everybody else waits. All that was committed is
   * in them, most of it by a checkpoint, the rest in the write-ahead log.
   * @throws {ApiError} 501 over a PostgreSQL server, which writes to its files by itself
   */
  async hold<T>(body: () => Promise<T>): Promise<T> {
    if (this.engine.address) {
      throw new ApiError(
        501,
        "INVALID_INPUT",
        "A PostgreSQL server writes to its files while it runs",
        "Stop the backend first, with `insforge local stop`.",
      );
    }
    return await this.#lend("CHECKPOINT", {}, async (borrowed) => {
      await borrowed.runBare({ sql: "CHECKPOINT" });
      return await body();
    });
  }

  /**
   * Splits a text into its statements with PostgreSQL's own parser.
   * @throws {SqlSyntaxError}
   */
  async parse(sql: string): Promise<SqlStatement[]> {
    try {
      return await this.engine.parse(sql);
    } catch (error) {
      if (error instanceof SqlSyntaxError) {
        this.#sqlLog?.error(textWithoutValues(error.message, sql), { sqlstate: "42601" });
      }
      throw error;
    }
  }

  /**
   * Shuts PostgreSQL down; a statement that runs for longer than `patience` milliseconds more is
   * undone.
   */
  close(patience = 1000): Promise<void> {
    this.#remembered.close();
    return this.#closing ??= this.engine.close(patience);
  }

  /** Reads for {@link remembered}. */
  #read(queries: readonly string[]) {
    const session = { readOnly: true };
    return this.#lend(queries.join("; "), session, async (borrowed) => {
      // While nobody else has a turn.
      const { settled } = this.engine;
      return { settled, results: await borrowed.run(queries.map((sql) => ({ sql }))) };
    }, { keepsSchema: true });
  }

  #lend<T>(
    sql: string | undefined,
    session: SessionOptions,
    body: (borrowed: BorrowedSession) => Promise<T>,
    { timeout = this.#timeout, keepsSchema = false } = {},
  ): Promise<T> {
    return this.engine.lend({ session, timeout, sql, keepsSchema, signal: this.#signal }, body);
  }

  #observed<T>(sql: string, work: () => Promise<T>): Promise<T> {
    return observed(this.#sqlLog, sql, work);
  }
}

/** Rows are all that a session without a role is to change: single statements of the server's. */
function keepsSchema({ role, readOnly, keepsSchema }: SessionOptions): boolean {
  return keepsSchema ?? (readOnly || role === undefined);
}

function decode<Row>({ rows, fields, rowCount }: RawResult): QueryResult<Row> {
  return { rows: JSON.parse(new TextDecoder().decode(rows)), fields, rowCount };
}
