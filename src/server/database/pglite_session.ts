import type { PGlite } from "@electric-sql/pglite";
import type { Notification } from "./messages.ts";
import type { RawResult, StatementInput } from "./messages.ts";
import { quoteName } from "./names.ts";
import { NotificationSieve } from "./notification_sieve.ts";
import { OWN_PATH, Session } from "./session.ts";

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

/** Where PostgreSQL looks, as it goes on, whether its statement is to end. */
interface Interrupts {
  readonly HEAPU8: Uint8Array;
  readonly _InterruptPending: number;
  readonly _QueryCancelPending: number;
}

/**
 * The session of PGlite. There is one, and the superuser owns it: a caller's SQL runs in the state
 * in which PostgreSQL runs a SECURITY DEFINER function. Only calls from here confine and release,
 * never a statement.
 */
export class PgliteSession extends Session {
  readonly pglite: PGlite;
  protected override readonly commitsToTheEnd = true;
  /** Told of notifications. */
  onNotification: (notification: Notification) => void = () => {};
  /** What it listens to from its next reset on. */
  channels: readonly string[] = [];

  constructor(pglite: PGlite) {
    super();
    this.pglite = pglite;
  }

  override async runOwn(statement: StatementInput): Promise<RawResult> {
    const caller = this.#users._GetUserId();
    this.#release();
    try {
      await this.run({ sql: `SET LOCAL search_path = ${OWN_PATH}` });
      return await this.run(statement);
    } finally {
      if (caller !== SUPERUSER) this.#users._SetUserIdAndSecContext(caller, CONFINED);
    }
  }

  override async runAsOwner(statement: StatementInput): Promise<RawResult> {
    await this.run({ sql: "SET LOCAL search_path TO DEFAULT; SET LOCAL ROLE project_admin" });
    this.confine();
    const result = await this.run(statement);
    this.#release();
    await this.run({ sql: `SET LOCAL ROLE NONE; SET LOCAL search_path = ${OWN_PATH}` });
    return result;
  }

  /**
   * Has the statement that runs end, with an error, as soon as PostgreSQL looks. If it ends by
   * itself before that, PostgreSQL passes over it when it reads the next one.
   */
  cancel(): void {
    const memory = this.pglite.Module as unknown as Interrupts;
    memory.HEAPU8[memory._QueryCancelPending] = 1;
    memory.HEAPU8[memory._InterruptPending] = 1;
  }

  /** Passes messages of the wire protocol through, and what PostgreSQL says to them as it comes. */
  async pass(bytes: Uint8Array, onAnswer: (bytes: Uint8Array<ArrayBuffer>) => void): Promise<void> {
    const sieve = new NotificationSieve((notification) => this.hear(notification));
    await this.exchange(bytes, (answer) => {
      const rest = sieve.sift(answer);
      if (rest.length > 0) onAnswer(rest);
    });
  }

  protected override async exchange(
    message: Uint8Array,
    onAnswer: (bytes: Uint8Array) => void,
  ): Promise<void> {
    await this.pglite.execProtocolRawStream(message, { syncToFs: false, onRawData: onAnswer });
  }

  protected override hear(notification: Notification): void {
    this.onNotification(notification);
  }

  /** The superuser's own SQL is not confined. */
  protected override confine(): void {
    const user = this.#users._GetUserId();
    if (user !== SUPERUSER) this.#users._SetUserIdAndSecContext(user, CONFINED);
  }

  override async reset(): Promise<void> {
    this.#release();
    await this.run({ sql: "DISCARD ALL" });
    // In single-user mode DISCARD ALL leaves this one as it finds it.
    await this.run({
      sql: [
        "SET SESSION AUTHORIZATION postgres",
        ...this.channels.map((channel) => `LISTEN ${quoteName(channel)}`),
      ].join(";"),
    });
  }

  get #users(): UserContext {
    return this.pglite.Module as unknown as UserContext;
  }

  #release(): void {
    this.#users._SetUserIdAndSecContext(SUPERUSER, FREE);
  }
}
