import { DatabaseError } from "../errors.ts";
import type { Logger } from "../log.ts";
import {
  type Field,
  gate,
  type RawResult,
  type SessionOptions,
  type StatementInput,
  type WorkerReply,
  type WorkerRequest,
  type WorkerSetup,
} from "./messages.ts";
import { type SqlStatement, SqlSyntaxError } from "./statements.ts";
import { workerPermissions } from "./worker_permissions.ts";

/** Rows as JavaScript values in the encoding of contract section 6.1: int8 and numeric as text, times as ISO text. */
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
}

/** How a database is opened. */
export interface DatabaseOptions {
  dataDir: string;
  logger: Logger;
  /** Milliseconds that one statement may take. */
  statementTimeout: number;
}

/** Milliseconds that a commit which has begun may take beyond the statement timeout. */
const commitGrace = 10_000;

type RequestBody = WorkerRequest extends infer Request
  ? Request extends { id: number } ? Omit<Request, "id"> : never
  : never;
type Answer = Extract<WorkerReply, { id: number }>;

/**
 * The embedded PostgreSQL. It computes in a worker of its own, one request at a time, so that a long statement blocks
 * no other part of the server. A statement that runs out of time takes its worker with it: a new one opens the files
 * again, recovers what was committed, and goes on with the requests that waited.
 */
export class Database {
  readonly #options: DatabaseOptions;
  #worker: Worker | undefined;
  /** One cell for each worker: a terminated one that still runs must find its own cancelled for good. */
  #cell = new Int32Array(new SharedArrayBuffer(4));
  #opened: Promise<void> | undefined;
  #pending: { id: number; settle: (answer: Answer | Error) => void } | undefined;
  #turn: Promise<unknown> = Promise.resolve();
  #nextId = 0;
  #closed = false;

  constructor(options: DatabaseOptions) {
    this.#options = options;
  }

  /** Starts PostgreSQL and resolves when it answers. */
  async open(): Promise<void> {
    await this.#ensureOpen();
  }

  /**
   * Runs one statement in a transaction of its own, as the superuser unless a role is given.
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
    return await this.#exclusive(() => this.#results({ op: "run", session, statements }));
  }

  /** Runs one statement in a transaction and takes back whatever it did. */
  async runAndRollBack(
    statement: StatementInput,
    session: SessionOptions = {},
  ): Promise<RawResult> {
    return await this.#exclusive(async () => {
      await this.#results({ op: "begin", session });
      try {
        const [result] = await this.#results({ op: "step", statement });
        return result!;
      } finally {
        if (this.#worker) await this.#results({ op: "rollback" });
      }
    });
  }

  /** Runs one statement outside any transaction, for those that refuse to be in one, such as VACUUM. */
  async runBare(statement: StatementInput, session: SessionOptions = {}): Promise<RawResult> {
    const [result] = await this.#exclusive(() => this.#results({ op: "bare", session, statement }));
    return result!;
  }

  /**
   * Runs `body` in one transaction that is rolled back when it throws. Everybody else waits meanwhile: no network, no
   * files, and no use of the database itself inside.
   */
  async transaction<T>(
    body: (transaction: Transaction) => Promise<T>,
    session: SessionOptions = {},
  ): Promise<T> {
    return await this.#exclusive(async () => {
      await this.#results({ op: "begin", session });
      try {
        const value = await body({
          query: async (sql, params) => {
            const [result] = await this.#results({ op: "step", statement: { sql, params } });
            return decode(result!);
          },
        });
        await this.#results({ op: "commit" });
        return value;
      } catch (error) {
        if (this.#worker) await this.#results({ op: "rollback" }).catch(() => {});
        throw error;
      }
    });
  }

  /**
   * Splits a text into its statements with PostgreSQL's own parser.
   * @throws {SqlSyntaxError}
   */
  async parse(sql: string): Promise<SqlStatement[]> {
    return await this.#exclusive(async () => {
      const answer = await this.#call({ op: "parse", sql });
      if (answer.type === "syntax") throw new SqlSyntaxError(answer.message, answer.position);
      if (answer.type !== "statements") throw unexpected(answer);
      return answer.statements;
    });
  }

  /** Waits for the request that runs, then shuts PostgreSQL down. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#turn;
    if (this.#worker) await this.#results({ op: "close" }).catch(() => {});
    this.#discard();
  }

  /** One caller at a time, first come, first served. */
  #exclusive<T>(body: () => Promise<T>): Promise<T> {
    if (this.#closed) return Promise.reject(new Error("The server is shutting down"));
    const result = this.#turn.then(async () => {
      await this.#ensureOpen();
      return await body();
    });
    this.#turn = result.catch(() => {});
    return result;
  }

  async #results(body: RequestBody): Promise<RawResult[]> {
    const answer = await this.#call(body);
    if (answer.type === "error") throw new DatabaseError(answer.error);
    if (answer.type !== "results") throw unexpected(answer);
    return answer.results;
  }

  async #call(body: RequestBody): Promise<Answer> {
    const worker = this.#worker;
    if (!worker) throw new Error("The database stopped in the middle of a transaction");
    const id = this.#nextId++;
    if (body.op === "run" || body.op === "begin") Atomics.store(this.#cell, 0, gate.running);
    const answer = await new Promise<Answer>((resolve, reject) => {
      let timer = setTimeout(() => {
        if (
          Atomics.compareExchange(this.#cell, 0, gate.running, gate.cancelled) === gate.committing
        ) {
          timer = setTimeout(() => this.#giveUp(), commitGrace);
        } else {
          this.#giveUp();
        }
      }, this.#options.statementTimeout);
      const settle = (answer: Answer | Error) => {
        clearTimeout(timer);
        this.#pending = undefined;
        if (answer instanceof Error) reject(answer);
        else resolve(answer);
      };
      this.#pending = { id, settle };
      worker.postMessage({ id, ...body });
    });
    if (answer.type === "crashed") {
      this.#restart(`PostgreSQL stopped: ${answer.message}`);
      throw new DatabaseError({
        sqlstate: "57P02",
        message: `the statement stopped the database, which was restarted (${answer.message})`,
        hint: "It was undone. Ask for less in one statement.",
      });
    }
    return answer;
  }

  #giveUp(): void {
    const pending = this.#pending;
    this.#restart("A statement ran out of time");
    pending?.settle(
      new DatabaseError({
        sqlstate: "57014",
        message: "canceling statement due to statement timeout",
        hint: `A statement may take ${this.#options.statementTimeout / 1000} seconds.`,
      }),
    );
  }

  #restart(reason: string): void {
    this.#options.logger.warn("Restarting the database", { reason });
    this.#discard();
    this.#ensureOpen().catch((error) => {
      this.#options.logger.error("The database does not open", { error: String(error) });
    });
  }

  #discard(): void {
    this.#worker?.terminate();
    this.#worker = undefined;
    this.#opened = undefined;
  }

  #ensureOpen(): Promise<void> {
    return this.#opened ??= this.#start().catch((error) => {
      this.#discard();
      throw error;
    });
  }

  #start(): Promise<void> {
    const worker = new Worker(new URL("./postgres_worker.ts", import.meta.url), {
      type: "module",
      name: "postgres",
      deno: { permissions: workerPermissions(this.#options.dataDir) },
    });
    this.#worker = worker;
    this.#cell = new Int32Array(new SharedArrayBuffer(4));
    return new Promise((resolve, reject) => {
      worker.onmessage = ({ data }: MessageEvent<WorkerReply>) => {
        if (data.type === "ready") resolve();
        else if (data.type === "failed") {
          reject(new Error(`The database does not open: ${data.message}`));
        } else if (data.id === this.#pending?.id) this.#pending.settle(data);
      };
      worker.onerror = (event) => {
        event.preventDefault();
        const error = new Error(`The database worker failed: ${event.message}`);
        reject(error);
        if (this.#worker === worker) this.#restart(error.message);
        this.#pending?.settle(error);
      };
      const setup: WorkerSetup = {
        dataDir: this.#options.dataDir,
        gate: this.#cell.buffer as SharedArrayBuffer,
      };
      worker.postMessage(setup);
    });
  }
}

function decode<Row>({ rows, fields, rowCount }: RawResult): QueryResult<Row> {
  return { rows: JSON.parse(new TextDecoder().decode(rows)), fields, rowCount };
}

function unexpected(answer: Answer): Error {
  return new Error(`Unexpected answer of the database worker: ${answer.type}`);
}
