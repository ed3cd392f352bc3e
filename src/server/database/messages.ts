import type { KeptFiles } from "../../files/prepared_files.ts";
import type { SqlNotice } from "../../shared/contract/raw_sql.ts";
import type { HttpQuestion } from "./extensions/http_exchange.ts";
import type { SqlStatement } from "./statements.ts";

/** Database roles that a caller can have. */
export type DatabaseRole = "project_admin" | "authenticated" | "anon";

/** Identity and limits of one transaction. */
export interface SessionOptions {
  /**
   * Whose SQL it is; only `postgres`, the superuser, is not confined. Without one it is the
   * server's own: run by the superuser, with every schema but `pg_catalog` to be named.
   */
  role?: DatabaseRole | "postgres";
  /** What `auth.jwt()` returns; `auth.uid()` and its kin read from it. */
  claims?: Record<string, unknown>;
  /** Settings of the transaction, such as `request.method`. */
  settings?: Readonly<Record<string, string>>;
  readOnly?: boolean;
  /** Whether what it runs changes rows at most, and never what a schema holds. */
  keepsSchema?: boolean;
}

/** One statement with its `$1…` values, or several without. */
export interface StatementInput {
  sql: string;
  params?: readonly unknown[];
}

/** What the server can ask of the database worker. */
export type WorkerRequestBody =
  | { op: "run"; session: SessionOptions; statements: StatementInput[] }
  | { op: "bare"; session: SessionOptions; statement: StatementInput }
  | { op: "begin"; session: SessionOptions }
  | { op: "step"; statement: StatementInput; as?: "server" | "owner" }
  | { op: "commit" }
  | { op: "rollback"; channels?: readonly string[] }
  | { op: "listen"; channels: readonly string[] }
  | { op: "parse"; sql: string }
  | { op: "raw"; bytes: Uint8Array<ArrayBuffer> }
  | { op: "close" };

/** One request at a time is under way; the answer carries its id. */
export type WorkerRequest = WorkerRequestBody & { id: number };

/** A column of a result. */
export interface Field {
  name: string;
  dataTypeID: number;
}

/** The rows of a statement that is not the last one of its text. */
export interface EarlierRows {
  /** Index of the statement in the text. */
  statement: number;
  /** A JSON array of row objects in UTF-8. */
  rows: Uint8Array<ArrayBuffer>;
  fields: Field[];
}

/**
 * The result of one text as it crosses threads; of several statements the last one's rows and
 * fields.
 */
export interface RawResult {
  /** A JSON array of row objects in UTF-8. */
  rows: Uint8Array<ArrayBuffer>;
  fields: Field[];
  /** Null where PostgreSQL reports no count, as for DDL. */
  rowCount: number | null;
  /** The counts of all statements of the text. */
  rowCounts: (number | null)[];
  /** What the other statements of the text answered: those that answer rows. */
  earlier: EarlierRows[];
  /** What the text said while it ran. */
  notices: readonly SqlNotice[];
}

/** A failed statement, in the words of PostgreSQL. */
export interface PostgresErrorFields {
  message: string;
  sqlstate: string;
  /** One-based character offset into the text. */
  position?: number;
  detail?: string;
  hint?: string;
  column?: string;
  table?: string;
  constraint?: string;
  where?: string;
  /** The function of PostgreSQL's source that failed. */
  routine?: string;
  /** Index of the failed statement among all those of the request. */
  statement?: number;
  /** Which of several it was, where no position says so: its one-based line, and its beginning. */
  failed?: { line: number; statement: string };
  /** What the text had said before. */
  notices?: readonly SqlNotice[];
}

/** A notification of PostgreSQL's: `NOTIFY channel, payload`. */
export interface Notification {
  /** The process that sent it. */
  readonly processId: number;
  readonly channel: string;
  readonly payload: string;
}

/**
 * What the worker answers. `busy` comes before it does something by itself, as it does at first,
 * and `started` when it comes to the request after that. Any number of `bytes` comes before the
 * answer to `raw`. `ready` and `failed` come once, unasked, when the database is open or cannot be
 * opened; `notified` comes whenever something was published, `asked` when SQL asks the network.
 */
export type WorkerReply =
  | { type: "ready" }
  | { type: "failed"; message: string }
  | { type: "notified"; notification: Notification }
  | { type: "asked"; question: HttpQuestion }
  | { type: "busy" }
  | { type: "started"; id: number }
  | { type: "results"; id: number; results: RawResult[] }
  | { type: "statements"; id: number; statements: SqlStatement[] }
  | { type: "bytes"; id: number; bytes: Uint8Array<ArrayBuffer> }
  | { type: "syntax"; id: number; message: string; position: number }
  | { type: "error"; id: number; error: PostgresErrorFields }
  | { type: "crashed"; id: number; message: string };

/** The second message, at which the worker opens its database. */
export const OPEN = "open";

/**
 * Where and how the worker opens its database: the first message, at which it loads PostgreSQL.
 */
export interface WorkerSetup {
  dataDir: string;
  /**
   * Three 32-bit cells: see {@link GATE}, and `Fence`; the last says how many requests were sent
   * and are not yet begun.
   */
  cells: SharedArrayBuffer;
  /** What the worker unpacks, in an executable that does not embed it. */
  files: KeptFiles;
  /** Sends PostgreSQL's program, where another thread compiles it. */
  program?: MessagePort;
  /** Whether values are encoded as InsForge does it where that is a defect. */
  strict: boolean;
}

/**
 * States of the cell that server and worker share. Whoever moves it away from `running` first
 * decides: the worker that the transaction commits, or the server that it never will.
 */
export const GATE = { running: 0, committing: 1, cancelled: 2 } as const;
