import type { Logger } from "../logs/log_file.ts";
import { DatabaseError, isDiskFull } from "../http/api_error.ts";
import { Engine } from "./engine.ts";
import type {
  Field,
  NotificationListener,
  RawResult,
  SessionOptions,
  StatementInput,
} from "./messages.ts";
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

/** A session that speaks the wire protocol. */
export interface Conversation {
  /** Passes whole messages on; resolves when PostgreSQL waits for the next one. */
  pass(
    bytes: Uint8Array<ArrayBuffer>,
    onAnswer: (bytes: Uint8Array<ArrayBuffer>) => void,
  ): Promise<void>;
  /** Ends what runs: it was not committed, and `pass` throws. */
  cancel(): void;
}

/** Milliseconds that a statement of the wire protocol may take, which its client can cancel. */
const CONVERSATION_TIMEOUT_MS = 60 * 60 * 1000;

/** What a statement fails with that its client does not want any more. */
export const cancelled = { sqlstate: "57014", message: "canceling statement due to user request" };

/** How a database is opened. */
export interface DatabaseOptions {
  dataDir: string;
  logger: Logger;
  /** Takes statements that fail, and slow ones. */
  sqlLog?: Logger;
  /** Milliseconds that one statement may take. */
  statementTimeout: number;
  /** Makes room on a full disk, so that the files can be opened; false when it cannot. */
  makeRoom?(): Promise<boolean>;
  /** Whether values are encoded as InsForge does it where that is a defect. */
  strict?: boolean;
}

/**
 * The embedded PostgreSQL. It computes in a worker of its own, one request at a time, so that a
 * long statement blocks no other part of the server. A statement that runs out of time takes its
 * worker with it: a new one opens the files again, recovers what was committed, and goes on with
 * the requests that waited.
 */
export class Database {
  readonly #options: DatabaseOptions;
  #engine: Engine | undefined;
  /** Takes the place of an engine that is about to run out of time. */
  #standby: Engine | undefined;
  #turn: Promise<unknown> = Promise.resolve();
  #closing: Promise<void> | undefined;
  #turns = 0;
  #changes = 0;
  readonly #listeners = new Set<NotificationListener>();

  constructor(options: DatabaseOptions) {
    this.#options = options;
  }

  /** How often somebody had a turn: nothing changes in the database while it stays. */
  get turns(): number {
    return this.#turns;
  }

  /** How often somebody had a turn who could have changed what a schema holds. */
  get changes(): number {
    return this.#changes;
  }

  /** Calls `listener` with what is notified on the channel of realtime's messages. */
  onNotification(listener: NotificationListener): void {
    this.#listeners.add(listener);
  }

  /** Starts PostgreSQL and resolves when it answers. */
  async open(): Promise<void> {
    await this.#ensureOpen();
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
   * Runs statements in one transaction, all or nothing; rows stay JSON bytes, ready to be sent.
   * @throws {DatabaseError} when PostgreSQL refuses one of them; `fields.statement` is its index
   */
  async run(statements: StatementInput[], session: SessionOptions = {}): Promise<RawResult[]> {
    const sql = statements.map(({ sql }) => sql).join("; ");
    return await this.#exclusive((engine) =>
      this.#observed(
        sql,
        () => engine.results({ op: "run", session, statements }, this.#options.statementTimeout),
      ), keepsSchema(session));
  }

  /** Runs one statement in a transaction and takes back whatever it did. */
  async runAndRollBack(
    statement: StatementInput,
    session: SessionOptions = {},
  ): Promise<RawResult> {
    return await this.#exclusive(async (engine) => {
      const timeout = this.#options.statementTimeout;
      await engine.results({ op: "begin", session }, timeout);
      try {
        const [result] = await this.#observed(
          statement.sql,
          () => engine.results({ op: "step", statement }, timeout),
        );
        return result!;
      } finally {
        if (!engine.death) await engine.results({ op: "rollback" }, timeout);
      }
    }, true);
  }

  /**
   * Runs one statement outside any transaction, for those that refuse to be in one, such as VACUUM.
   */
  async runBare(statement: StatementInput, session: SessionOptions = {}): Promise<RawResult> {
    const [result] = await this.#exclusive((engine) =>
      this.#observed(
        statement.sql,
        () => engine.results({ op: "bare", session, statement }, this.#options.statementTimeout),
      )
    );
    return result!;
  }

  /**
   * Runs `body` in one transaction that is rolled back when it throws. Everybody else waits
   * meanwhile: no network, no files, and no use of the database itself inside.
   * @param timeout milliseconds that each statement may take
   */
  async transaction<T>(
    body: (transaction: Transaction) => Promise<T>,
    session: SessionOptions = {},
    timeout = this.#options.statementTimeout,
  ): Promise<T> {
    return await this.#exclusive(async (engine) => {
      await engine.results({ op: "begin", session }, timeout);
      try {
        const step = async (
          statement: StatementInput,
          as?: "server" | "owner",
          statements = 1,
        ) => {
          const run = () => engine.results({ op: "step", statement, as }, timeout * statements);
          return (await this.#observed(statement.sql, run))[0]!;
        };
        const value = await body({
          query: async (sql, params) => decode(await step({ sql, params })),
          run: (sql, statements) => step({ sql }, undefined, statements),
          queryOwn: async (sql, params) => decode(await step({ sql, params }, "server")),
          queryAsOwner: async (sql, params) => decode(await step({ sql, params }, "owner")),
        });
        await engine.results({ op: "commit" }, timeout);
        return value;
      } catch (error) {
        if (!engine.death) await engine.results({ op: "rollback" }, timeout);
        throw error;
      }
    }, session.keepsSchema ?? session.readOnly);
  }

  /**
   * Lets a client of the wire protocol have the session for itself until `body` is done; then whatever it left there is
   * taken back, a transaction too. Everybody else waits meanwhile.
   */
  async converse<T>(body: (conversation: Conversation) => Promise<T>): Promise<T> {
    return await this.#exclusive(async (engine) => {
      try {
        return await body({
          pass: (bytes, onAnswer) =>
            engine.call({ op: "raw", bytes }, CONVERSATION_TIMEOUT_MS, onAnswer).then(() => {}),
          cancel: () => engine.kill(new DatabaseError(cancelled)),
        });
      } finally {
        if (!engine.death) await engine.results({ op: "rollback" }, this.#options.statementTimeout);
      }
    });
  }

  /**
   * Nothing changes in the files while `body` runs: everybody else waits. All that was committed is
   * in them, most of it by a checkpoint, the rest in the write-ahead log.
   */
  async hold(body: () => Promise<void>): Promise<void> {
    await this.#exclusive(async (engine) => {
      const statement = { sql: "CHECKPOINT" };
      await engine.results({ op: "bare", session: {}, statement }, this.#options.statementTimeout);
      await body();
    });
  }

  /**
   * Splits a text into its statements with PostgreSQL's own parser.
   * @throws {SqlSyntaxError}
   */
  async parse(sql: string): Promise<SqlStatement[]> {
    return await this.#exclusive(async (engine) => {
      const answer = await engine.call({ op: "parse", sql }, this.#options.statementTimeout);
      if (answer.type === "syntax") {
        this.#options.sqlLog?.error(textWithoutValues(answer.message, sql), { sqlstate: "42601" });
        throw new SqlSyntaxError(answer.message, answer.position);
      }
      if (answer.type === "statements") return answer.statements;
      throw new TypeError(`Unexpected answer of the database worker: ${answer.type}`);
    }, true);
  }

  /**
   * Shuts PostgreSQL down; a statement that runs for longer than `patience` milliseconds more is
   * undone.
   */
  close(patience = 1000): Promise<void> {
    return this.#closing ??= this.#close(patience);
  }

  async #close(patience: number): Promise<void> {
    const reason = new Error("The server is shutting down");
    const timer = setTimeout(() => this.#engine?.kill(reason), patience);
    await this.#turn;
    clearTimeout(timer);
    this.#dismissStandby();
    const engine = this.#engine;
    if (!engine) return;
    if (!engine.death) {
      await engine.opened.then(() => engine.results({ op: "close" }, patience)).catch(() => {});
      engine.kill(reason);
    }
    await engine.ended;
  }

  #observed<T>(sql: string, work: () => Promise<T>): Promise<T> {
    return observed(this.#options.sqlLog, sql, work);
  }

  /** One caller at a time, first come, first served. */
  #exclusive<T>(body: (engine: Engine) => Promise<T>, keepsSchema = false): Promise<T> {
    const result = this.#turn.then(async () => {
      const engine = await this.#ensureOpen();
      this.#turns++;
      if (!keepsSchema) this.#changes++;
      try {
        return await body(engine);
      } finally {
        if (engine.death) this.#restart(engine.death);
        else this.#dismissStandby();
      }
    });
    this.#turn = result.catch(() => {});
    return result;
  }

  async #ensureOpen(): Promise<Engine> {
    if (this.#closing) throw new Error("The server is shutting down");
    const engine = !this.#engine || this.#engine.death ? this.#nextEngine() : this.#engine;
    try {
      await engine.opened;
      return engine;
    } catch (error) {
      const message = `The database does not open: ${(error as Error).message}`;
      engine.kill(new Error(message));
      // Somebody else has tried again, for one.
      if (this.#engine !== engine) return await this.#ensureOpen();
      if (isDiskFull(message) && await this.#options.makeRoom?.()) return await this.#ensureOpen();
      throw new Error(message);
    }
  }

  /** Opens the files in a new engine, once the one before does not change them any more. */
  #nextEngine(): Engine {
    const next = this.#standby ?? this.#newEngine();
    this.#standby = undefined;
    const before = this.#engine;
    this.#engine = next;
    if (before) before.ended.then(() => next.open());
    else next.open();
    return next;
  }

  #newEngine(): Engine {
    return new Engine(
      this.#options,
      (...told) => {
        for (const listener of this.#listeners) listener(...told);
      },
      () => void (this.#standby ??= this.#newEngine()),
    );
  }

  #dismissStandby(): void {
    this.#standby?.kill(new Error("It is not needed"));
    this.#standby = undefined;
  }

  /** Opens the files again at once: recovery has begun when the next request comes. */
  #restart(reason: Error): void {
    if (this.#closing) return;
    const { logger } = this.#options;
    logger.warn("Restarting the database", { reason: reason.message });
    this.#ensureOpen().catch((error) => logger.error(error.message));
  }
}

/** Rows are all that a session without a role is to change: single statements of the server's. */
function keepsSchema({ role, readOnly, keepsSchema }: SessionOptions): boolean {
  return keepsSchema ?? (readOnly || role === undefined);
}

function decode<Row>({ rows, fields, rowCount }: RawResult): QueryResult<Row> {
  return { rows: JSON.parse(new TextDecoder().decode(rows)), fields, rowCount };
}
