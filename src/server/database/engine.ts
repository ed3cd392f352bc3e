import type { Activity } from "../../shared/contract/state.ts";
import type { Notification, RawResult, SessionOptions, StatementInput } from "./messages.ts";
import type { SqlStatement } from "./statements.ts";

/** Who wants a session of PostgreSQL, and for how long a statement of it may run. */
export interface Borrower {
  readonly session: SessionOptions;
  /** Milliseconds that each statement may take. */
  readonly timeout: number;
  /** Whether it changes rows at most, and never what a schema holds. */
  readonly keepsSchema?: boolean;
  /** What it is about to run, for whoever waits for it. */
  readonly sql?: string;
  /** Ends what runs, and gives up waiting: whoever asked is gone. */
  readonly signal?: AbortSignal;
}

/**
 * A session of PostgreSQL that nobody else uses meanwhile.
 * Every method throws {@link DatabaseError} in PostgreSQL's words.
 */
export interface BorrowedSession {
  /** Whether it can run nothing any more: what it had begun was undone. */
  readonly isOver: boolean;
  /** Runs statements in one transaction, all or nothing. */
  run(statements: readonly StatementInput[]): Promise<RawResult[]>;
  /** Runs one statement outside any transaction. */
  runBare(statement: StatementInput): Promise<RawResult>;
  begin(): Promise<void>;
  /**
   * Runs a text inside the transaction, as whoever borrowed the session unless `as` is given.
   * @param statements how many it holds: each has the time that one may take
   */
  step(
    statement: StatementInput,
    as?: "server" | "owner",
    statements?: number,
  ): Promise<RawResult>;
  commit(): Promise<void>;
  rollback(): Promise<void>;
}

/** Where clients of PostgreSQL reach an engine by themselves. */
export interface EngineAddress {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly database: string;
  readonly sslmode: string;
}

/** A PostgreSQL beneath the backend: PGlite in a worker, or a server of its own. */
export interface Engine {
  /** What people call it: PGlite, PostgreSQL, or the address of one. */
  readonly name: string;
  /** Where clients reach it; absent where the backend answers them in its stead. */
  readonly address?: EngineAddress;
  /**
   * How many turns are over in which rows may have changed: none has changed while it stays. Absent
   * where others write to the database too.
   */
  readonly settled?: number;
  /** Called when nobody has a turn any more, nor waits for one. */
  onRest?: () => void;
  /** How often somebody had a turn here who could have changed what a schema holds. */
  readonly changes: number;
  /** What runs, and how many wait. */
  activity(): Activity;
  /** Starts PostgreSQL and resolves when it answers. */
  open(): Promise<void>;
  /** Lends a session until `body` is done, then takes back whatever was left open there. */
  lend<T>(borrower: Borrower, body: (session: BorrowedSession) => Promise<T>): Promise<T>;
  /** Splits a text into its statements. @throws {SqlSyntaxError} */
  parse(sql: string): Promise<SqlStatement[]>;
  /** Hears all notifications of a channel until what it answers is called. */
  listen(channel: string, hear: (notification: Notification) => void): Promise<() => void>;
  /** Shuts PostgreSQL down; what runs for longer than `patience` milliseconds more is undone. */
  close(patience: number): Promise<void>;
}
