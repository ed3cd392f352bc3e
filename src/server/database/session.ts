import { type PGlite, protocol } from "@electric-sql/pglite";
import { concatBytes } from "../http/bytes.ts";
import type {
  NotificationListener,
  RawResult,
  SessionOptions,
  StatementInput,
} from "./messages.ts";
import { NotificationTap } from "./notification_tap.ts";
import { PostgresError } from "./postgres_error.ts";
import { ResultReader } from "./result_reader.ts";
import { parameterText } from "./wire_values.ts";

const { serialize } = protocol;

/** Where `realtime.messages` says that there is a new one. */
const REALTIME_CHANNEL = "realtime_message";
const LISTEN_SQL = `LISTEN ${REALTIME_CHANNEL}`;

/** The superuser's number in every PostgreSQL. */
const SUPERUSER = 10;
const FREE = 0;
/**
 * `SECURITY_LOCAL_USERID_CHANGE`: `role` and `session_authorization` cannot be set, by any means.
 */
const CONFINED = 1;

/** The functions of PostgreSQL that PGlite exports for its extensions. */
interface UserContext {
  _GetUserId(): number;
  _SetUserIdAndSecContext(user: number, context: number): void;
}

/**
 * One PostgreSQL session over PGlite, spoken to in the wire protocol so that values keep their
 * exact text.
 *
 * PGlite has one session, and the superuser owns it. A caller's SQL runs confined: as its role, in
 * the state in which PostgreSQL runs a SECURITY DEFINER function, where nothing that SQL can say
 * leads to another role. Only calls from here confine and release, never a statement.
 */
export class Session {
  readonly #tap = new NotificationTap(REALTIME_CHANNEL, (...told) => this.onNotification(...told));

  constructor(readonly pglite: PGlite) {}

  /** Told of every message of realtime that is committed. */
  onNotification: NotificationListener = () => {};

  /** Begins to hear of realtime's messages; each end of a transaction renews it. */
  async listen(): Promise<void> {
    await this.run({ sql: LISTEN_SQL });
  }

  /** Opens a transaction as the given role; without one for the server's own statements. */
  async begin({ role, claims, readOnly }: SessionOptions): Promise<void> {
    const parts = [readOnly ? "BEGIN READ ONLY" : "BEGIN"];
    // Functions and operators that a caller made must not take the place of PostgreSQL's own.
    if (!role) parts.push("SET LOCAL search_path = pg_catalog");
    if (claims) {
      parts.push(
        `SELECT set_config('request.jwt.claims', ${literal(JSON.stringify(claims))}, true)`,
      );
    }
    if (role) parts.push(`SET LOCAL ROLE ${role}`);
    await this.run({ sql: parts.join(";") });
    if (role) this.#confine();
  }

  /**
   * Fires what is deferred, so that nothing of the caller's is left to run inside COMMIT itself.
   */
  async settle(): Promise<void> {
    await this.run({ sql: "SET CONSTRAINTS ALL IMMEDIATE" });
  }

  /**
   * Runs a statement of the server's own inside a caller's transaction: as the superuser, whatever
   * was set before.
   */
  async runOwn(statement: StatementInput): Promise<RawResult> {
    const caller = this.#users._GetUserId();
    this.#release();
    try {
      await this.run({ sql: "SET LOCAL search_path = pg_catalog" });
      return await this.run(statement);
    } finally {
      if (caller !== SUPERUSER) this.#users._SetUserIdAndSecContext(caller, CONFINED);
    }
  }

  /**
   * Runs a statement as the project's owner inside a transaction of the server's own: one that
   * fires triggers of the owner's.
   */
  async runAsOwner(statement: StatementInput): Promise<RawResult> {
    await this.run({ sql: "SET LOCAL search_path TO DEFAULT; SET LOCAL ROLE project_admin" });
    this.#confine();
    const result = await this.run(statement);
    this.#release();
    await this.run({ sql: "SET LOCAL ROLE NONE; SET LOCAL search_path = pg_catalog" });
    return result;
  }

  async commit(): Promise<void> {
    await this.run({ sql: "COMMIT" });
    await this.#reset();
  }

  async rollback(): Promise<void> {
    await this.run({ sql: "ROLLBACK" });
    await this.#reset();
  }

  /** Runs one statement outside any transaction, for those that refuse to be in one. */
  async runBare(statement: StatementInput, { role, claims }: SessionOptions): Promise<RawResult> {
    try {
      if (claims) {
        const value = literal(JSON.stringify(claims));
        await this.run({ sql: `SELECT set_config('request.jwt.claims', ${value}, false)` });
      }
      if (role) {
        await this.run({ sql: `SET ROLE ${role}` });
        this.#confine();
      } else await this.run({ sql: "SET search_path = pg_catalog" });
      return await this.run(statement);
    } finally {
      await this.#reset();
    }
  }

  get #users(): UserContext {
    return this.pglite.Module as unknown as UserContext;
  }

  /** From here on only {@link #release} leads back; the superuser's own SQL is not confined. */
  #confine(): void {
    const user = this.#users._GetUserId();
    if (user !== SUPERUSER) this.#users._SetUserIdAndSecContext(user, CONFINED);
  }

  #release(): void {
    this.#users._SetUserIdAndSecContext(SUPERUSER, FREE);
  }

  /**
   * Undoes whatever the caller's SQL left on the session: role, settings, temporary tables, locks,
   * prepared statements.
   */
  async #reset(): Promise<void> {
    this.#release();
    await this.run({ sql: "DISCARD ALL" });
    // In single-user mode DISCARD ALL leaves the first as it finds it; the second it ends.
    await this.run({ sql: `SET SESSION AUTHORIZATION postgres; ${LISTEN_SQL}` });
  }

  /** Passes messages of the wire protocol through, and what PostgreSQL says to them as it comes. */
  async pass(bytes: Uint8Array, onAnswer: (bytes: Uint8Array<ArrayBuffer>) => void): Promise<void> {
    await this.pglite.execProtocolRawStream(bytes, {
      syncToFs: false,
      // The memory that it lies in is used again.
      onRawData: (answer) => {
        const rest = this.#tap.take(answer.slice());
        if (rest.length) onAnswer(rest);
      },
    });
  }

  /**
   * Runs a text: one statement, or without parameters several, of which the last one's rows are
   * kept.
   * @throws {PostgresError} when PostgreSQL refuses it
   * @throws {PostgresCrash} when PostgreSQL gave no complete answer
   */
  async run({ sql, params }: StatementInput): Promise<RawResult> {
    // PostgreSQL would read the text up to there.
    if (sql.includes("\0")) throw new PostgresError(NUL_ERROR);
    const reader = new ResultReader((...told) => this.onNotification(...told));
    // PGlite counts half a surrogate pair as fewer bytes than it writes for it.
    const text = sql.toWellFormed();
    await this.pglite.execProtocolRawStream(
      params?.length ? extendedQuery(text, params) : serialize.query(text),
      { syncToFs: false, onRawData: (bytes) => reader.read(bytes) },
    );
    return reader.finish();
  }
}

const NUL_ERROR = {
  sqlstate: "22021",
  message: 'invalid byte sequence for encoding "UTF8": 0x00',
};

/** Parse, bind, describe, execute and sync in one message. */
function extendedQuery(sql: string, params: readonly unknown[]): Uint8Array {
  const parts = [
    serialize.parse({ text: sql }),
    serialize.bind({ values: params.map((value) => parameterText(value)?.toWellFormed() ?? null) }),
    serialize.describe({ type: "P" }),
    serialize.execute({}),
    serialize.sync(),
  ];
  return concatBytes(parts);
}

function literal(text: string): string {
  return ` E'${text.replace(/[\\']/g, "\\$&")}'`;
}
