import type { Activity } from "../../../shared/contract/state.ts";
import { DatabaseError } from "../../http/api_error.ts";
import type { BorrowedSession, Borrower, Engine, EngineAddress } from "../engine.ts";
import { CANCELLED } from "../ended.ts";
import type { Notification } from "../messages.ts";
import { withAdvice } from "../extensions/unavailable.ts";
import type { SessionOptions } from "../messages.ts";
import { outOfTime } from "../ended.ts";
import { PostgresError } from "../postgres_error.ts";
import { parseStatements, type SqlStatement } from "../statements.ts";
import { TurnQueue } from "../turns.ts";
import { bootstrap, type Logins } from "./bootstrap.ts";
import { PostgresConnection } from "./connection.ts";
import { Listener } from "./listener.ts";
import { PostgresSession } from "./session.ts";

/** Statements at a time; each has a connection. */
const WIDTH = 24;

/** A PostgreSQL server that runs, or can be started. */
export interface PostgresServer {
  /** Starts it where it is the backend's own. @returns where it answers */
  start(): Promise<EngineAddress>;
  stop(): Promise<void>;
}

/** Who is signed in on a connection: the server itself, or callers of one role. */
type User = keyof Logins["users"];

/**
 * A PostgreSQL server beneath the backend: as many connections as are needed, kept for the next.
 */
export class PostgresEngine implements Engine {
  readonly name: string;
  readonly #server: PostgresServer;
  readonly #queue = new TurnQueue(WIDTH);
  readonly #idle = new Map<User, PostgresSession[]>();
  /** Sessions that are being made ready for their next use. */
  readonly #settling = new Set<Promise<void>>();
  #address: EngineAddress | undefined;
  #opening: Promise<void> | undefined;
  #logins: Logins | undefined;
  #listener: Listener | undefined;
  #isClosing = false;
  #changes = 0;

  constructor(name: string, server: PostgresServer) {
    this.name = name;
    this.#server = server;
  }

  get address(): EngineAddress | undefined {
    return this.#address;
  }

  get changes(): number {
    return this.#changes;
  }

  activity(): Activity {
    return this.#queue.activity();
  }

  open(): Promise<void> {
    return this.#opening ??= this.#open();
  }

  async #open(): Promise<void> {
    const address = await this.#server.start();
    this.#logins = await bootstrap(address);
    this.#address = address;
  }

  async lend<T>(borrower: Borrower, body: (session: BorrowedSession) => Promise<T>): Promise<T> {
    return await this.#queue.take(borrower, async () => {
      if (!borrower.keepsSchema) this.#changes++;
      const user = userOf(borrower.session);
      const session = await this.#session(user);
      const lent = new Lent(session, borrower);
      try {
        return await body(lent);
      } finally {
        lent.end();
        this.#keep(user, session);
      }
    });
  }

  async parse(sql: string): Promise<SqlStatement[]> {
    return await parseStatements(sql);
  }

  async listen(
    channel: string,
    hear: (notification: Notification) => void,
  ): Promise<() => void> {
    this.#listener ??= new Listener(this.#address!);
    return await this.#listener.listen(channel, hear);
  }

  async close(patience: number): Promise<void> {
    this.#isClosing = true;
    const late = Promise.withResolvers<void>();
    const timer = setTimeout(late.resolve, patience);
    await Promise.race([this.#queue.idle(), late.promise]);
    await Promise.race([Promise.all(this.#settling), late.promise]);
    clearTimeout(timer);
    this.#listener?.close();
    for (const sessions of this.#idle.values()) {
      for (const { connection } of sessions) connection.close();
    }
    await this.#server.stop();
  }

  async #session(user: User): Promise<PostgresSession> {
    if (this.#isClosing) throw new Error("The server is shutting down");
    for (let kept; (kept = this.#idle.get(user)?.pop());) {
      if (kept.connection.isOpen) return kept;
    }
    const { users, secret, start } = this.#logins!;
    const connection = await PostgresConnection.open({ ...this.#address!, ...users[user] });
    const session = new PostgresSession(connection, secret, user === "server" ? start : undefined);
    await session.renew();
    return session;
  }

  /** Keeps a session for its next use, unless there are enough of them. */
  #keep(user: User, session: PostgresSession): void {
    const settling = this.#renew(user, session)
      .catch(() => session.connection.close())
      .finally(() => this.#settling.delete(settling));
    this.#settling.add(settling);
  }

  async #renew(user: User, session: PostgresSession): Promise<void> {
    if (session.connection.isOpen && !this.#isClosing) await session.renew();
    const idle = this.#idle.get(user) ?? [];
    this.#idle.set(user, idle);
    const all = [...this.#idle.values()].reduce((sum, { length }) => sum + length, 0);
    if (!session.connection.isOpen || this.#isClosing) return session.connection.close();
    if (all >= WIDTH) {
      this.#idle.values().find(({ length }) => length > 0)!.shift()!.connection.close();
    }
    idle.push(session);
  }
}

function userOf({ role }: SessionOptions): User {
  return role === undefined || role === "postgres" ? "server" : role;
}

/** A session in somebody's hands: with limits of time, and ended when they are gone. */
class Lent implements BorrowedSession {
  readonly #session: PostgresSession;
  readonly #options: SessionOptions;
  readonly #timeout: number;
  readonly #signal: AbortSignal | undefined;
  #isRunning = false;
  readonly #onAbort = () => this.#cancel();

  constructor(session: PostgresSession, { session: options, timeout, signal }: Borrower) {
    this.#session = session;
    this.#options = options;
    this.#timeout = timeout;
    this.#signal = signal;
    signal?.addEventListener("abort", this.#onAbort);
  }

  get isOver(): boolean {
    return !this.#session.connection.isOpen;
  }

  run: BorrowedSession["run"] = (statements) =>
    this.#limited(() => this.#session.transact(statements, this.#options, () => true));

  runBare: BorrowedSession["runBare"] = (statement) =>
    this.#limited(() => this.#session.runBare(statement, this.#options));

  begin: BorrowedSession["begin"] = () => this.#limited(() => this.#session.begin(this.#options));

  step: BorrowedSession["step"] = (statement, as, statements = 1) =>
    this.#limited(() => {
      if (as === "server") return this.#session.runOwn(statement);
      return as === "owner" ? this.#session.runAsOwner(statement) : this.#session.run(statement);
    }, this.#timeout * statements);

  commit: BorrowedSession["commit"] = () => this.#limited(() => this.#session.finish(() => true));

  rollback: BorrowedSession["rollback"] = () => this.#session.rollback();

  end(): void {
    this.#signal?.removeEventListener("abort", this.#onAbort);
  }

  async #limited<T>(work: () => Promise<T>, timeout = this.#timeout): Promise<T> {
    if (this.#signal?.aborted) throw new DatabaseError(CANCELLED);
    let isLate = false;
    const timer = setTimeout(() => {
      isLate = true;
      this.#cancel();
    }, timeout);
    this.#isRunning = true;
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof PostgresError)) throw error;
      if (isLate && error.fields.sqlstate === CANCELLED.sqlstate) throw outOfTime(timeout);
      throw new DatabaseError(withAdvice(error.fields));
    } finally {
      clearTimeout(timer);
      this.#isRunning = false;
    }
  }

  /** Where the server cannot be asked, the connection is ended. */
  #cancel(): void {
    if (!this.#isRunning) return;
    const { connection } = this.#session;
    connection.cancel().catch(() => connection.close());
  }
}
