import type { Timer } from "../../core/timer.ts";
import type { Activity } from "../../shared/contract/state.ts";
import type { Logger } from "../logs/log_file.ts";
import { SqlSyntaxError } from "../../shared/sql/parser.ts";
import { isDiskFull } from "../http/api_error.ts";
import type { EngineOptions } from "./engine_options.ts";
import type { BorrowedSession, Borrower, Engine } from "./engine.ts";
import type { Notification } from "./messages.ts";
import { PgliteThread } from "./pglite_thread.ts";
import type { SqlStatement } from "./statements.ts";
import { TurnQueue, type TurnRequest } from "./turns.ts";

/** Milliseconds that a statement of the wire protocol may take, which its client can cancel. */
const CONVERSATION_TIMEOUT_MS = 60 * 60 * 1000;
/** Milliseconds that parsing, and what the server does between the turns of callers, may take. */
const OWN_TIMEOUT_MS = 30_000;
/** Milliseconds within which a statement ends by itself rather than with the whole PGlite. */
const CANCEL_GRACE_MS = 250;

/** The session, for somebody who speaks the wire protocol. */
export interface Conversation {
  /**
   * Passes whole messages on; resolves when PostgreSQL waits for the next one.
   * @param onAnswer takes what it says, unless nobody is to be told
   */
  pass(
    bytes: Uint8Array<ArrayBuffer>,
    onAnswer?: (bytes: Uint8Array<ArrayBuffer>) => void,
  ): Promise<void>;
  /** Ends what runs: it was not committed, and `pass` throws. */
  cancel(): void;
}

type PgliteOptions = Pick<
  EngineOptions,
  "dataDir" | "isDataThere" | "logger" | "makeRoom" | "strict" | "thread"
>;

/**
 * PostgreSQL as WebAssembly. It computes in a worker of its own, one request at a time, so that a
 * long statement blocks no other part of the server. A statement that runs out of time takes its
 * worker with it: a new one opens the files again, recovers what was committed, and goes on with
 * the requests that waited.
 */
export class PgliteEngine implements Engine {
  readonly name = "PGlite";
  readonly address = undefined;
  onRest?: () => void;
  readonly #dataDir: string;
  readonly #logger: Logger;
  readonly #strict: boolean;
  readonly #isDataThere: () => boolean;
  readonly #makeRoom: PgliteOptions["makeRoom"];
  readonly #queue = new TurnQueue(1);
  readonly #listeners = new Map<string, Set<(notification: Notification) => void>>();
  /** Started before this was; for the first worker. */
  #thread: EngineOptions["thread"];
  #worker: PgliteThread | undefined;
  /** Takes the place of a worker that is about to run out of time. */
  #standby: PgliteThread | undefined;
  #opening: Promise<PgliteThread> | undefined;
  #isClosing = false;
  #settled = 0;
  #changes = 0;

  constructor(options: PgliteOptions) {
    const { dataDir, isDataThere = () => true, logger, makeRoom, strict = false, thread } = options;
    this.#dataDir = dataDir;
    this.#isDataThere = isDataThere;
    this.#logger = logger;
    this.#strict = strict;
    this.#makeRoom = makeRoom;
    this.#thread = thread;
  }

  get settled(): number {
    return this.#settled;
  }

  get changes(): number {
    return this.#changes;
  }

  activity(): Activity {
    return this.#queue.activity();
  }

  /** What a caller waits for who has no turn yet. */
  waitReason(): string {
    return this.#queue.reason();
  }

  async open(): Promise<void> {
    await this.#ensureOpen();
  }

  async lend<T>(
    { session, timeout, sql, signal, keepsSchema }: Borrower,
    body: (session: BorrowedSession) => Promise<T>,
  ): Promise<T> {
    return await this.#exclusive({ sql, signal }, async (worker) => {
      if (!keepsSchema) this.#changes++;
      let timer: Timer | undefined;
      const cancel = () => timer = setTimeout(() => worker.cancel(), CANCEL_GRACE_MS);
      signal?.addEventListener("abort", cancel);
      try {
        return await body(borrowed(worker, session, timeout));
      } finally {
        clearTimeout(timer);
        signal?.removeEventListener("abort", cancel);
        if (!session.readOnly) this.#settled++;
      }
    });
  }

  /**
   * Lets a client of the wire protocol have the session for itself until `body` is done; then
   * whatever it left there is taken back, a transaction too. Everybody else waits meanwhile.
   */
  async converse<T>(
    request: TurnRequest,
    body: (conversation: Conversation) => Promise<T>,
  ): Promise<T> {
    return await this.#exclusive(request, async (worker) => {
      this.#changes++;
      try {
        return await body({
          pass: (bytes, onAnswer) =>
            worker.call({ op: "raw", bytes }, CONVERSATION_TIMEOUT_MS, (answer) => {
              if (!onAnswer) return;
              // Its client may be told of a commit long before its turn ends.
              this.#settled++;
              onAnswer(answer);
            }).then(() => {}),
          cancel: () => worker.cancel(),
        });
      } finally {
        const end = { op: "rollback", channels: this.#channels() } as const;
        if (!worker.death) await worker.results(end, OWN_TIMEOUT_MS);
        this.#settled++;
      }
    });
  }

  async parse(sql: string): Promise<SqlStatement[]> {
    return await this.#exclusive({}, async (worker) => {
      const answer = await worker.call({ op: "parse", sql }, OWN_TIMEOUT_MS);
      if (answer.type === "syntax") throw new SqlSyntaxError(answer.message, answer.position);
      if (answer.type === "statements") return answer.statements;
      throw new TypeError(`Unexpected answer of the database worker: ${answer.type}`);
    });
  }

  async listen(
    channel: string,
    hear: (notification: Notification) => void,
  ): Promise<() => void> {
    const stop = this.subscribe(channel, hear);
    await this.#tellChannels();
    return stop;
  }

  /** {@link listen} for whoever converses: it counts from the end of the conversation on. */
  subscribe(channel: string, hear: (notification: Notification) => void): () => void {
    const hearers = this.#listeners.get(channel) ?? new Set();
    hearers.add(hear);
    this.#listeners.set(channel, hearers);
    return () => {
      hearers.delete(hear);
      if (hearers.size > 0 || this.#listeners.get(channel) !== hearers) return;
      this.#listeners.delete(channel);
      this.#tellChannels().catch(() => {});
    };
  }

  async close(patience: number): Promise<void> {
    this.#isClosing = true;
    const reason = new Error("The server is shutting down");
    if (!this.#isDataThere()) this.#worker?.kill(reason);
    const timer = setTimeout(() => this.#worker?.kill(reason), patience);
    await this.#queue.idle();
    clearTimeout(timer);
    this.#dismissStandby();
    const worker = this.#worker;
    if (!worker) return;
    if (!worker.death) {
      await worker.opened.then(() => worker.results({ op: "close" }, patience)).catch(() => {});
      worker.kill(reason);
    }
    await worker.ended;
  }

  #tellChannels(): Promise<void> {
    return this.#exclusive({}, async (worker) => {
      await worker.results({ op: "listen", channels: this.#channels() }, OWN_TIMEOUT_MS);
    });
  }

  #channels(): string[] {
    return [...this.#listeners.keys()];
  }

  #hear(notification: Notification): void {
    for (const hear of this.#listeners.get(notification.channel) ?? []) hear(notification);
  }

  async #exclusive<T>(
    request: TurnRequest,
    body: (worker: PgliteThread) => Promise<T>,
  ): Promise<T> {
    try {
      return await this.#queue.take(request, async () => {
        const worker = await this.#ensureOpen();
        try {
          return await body(worker);
        } finally {
          if (worker.death) this.#restart(worker.death);
          else this.#dismissStandby();
        }
      });
    } finally {
      if (this.#queue.isAtRest) this.onRest?.();
    }
  }

  #ensureOpen(): Promise<PgliteThread> {
    if (this.#isClosing) return Promise.reject(new Error("The server is shutting down"));
    if (!this.#opening || this.#worker?.death) this.#opening = this.#start();
    return this.#opening;
  }

  async #start(): Promise<PgliteThread> {
    if (!this.#isDataThere()) throw new Error(`${this.#dataDir} was removed`);
    const worker = this.#nextWorker();
    try {
      await worker.opened;
      const channels = this.#channels();
      if (channels.length > 0) await worker.results({ op: "listen", channels }, OWN_TIMEOUT_MS);
      return worker;
    } catch (error) {
      const message = `The database does not open: ${(error as Error).message}`;
      worker.kill(new Error(message));
      if (isDiskFull(message) && await this.#makeRoom?.()) return await this.#start();
      throw new Error(message);
    }
  }

  /** Opens the files in a new worker, once the one before does not change them any more. */
  #nextWorker(): PgliteThread {
    const next = this.#standby ?? this.#newWorker();
    this.#standby = undefined;
    const before = this.#worker;
    this.#worker = next;
    if (before) before.ended.then(() => next.open());
    else next.open();
    return next;
  }

  #newWorker(): PgliteThread {
    const started = this.#thread;
    this.#thread = undefined;
    return new PgliteThread(
      { dataDir: this.#dataDir, strict: this.#strict },
      (notification) => this.#hear(notification),
      () => void (this.#standby ??= this.#newWorker()),
      started,
    );
  }

  #dismissStandby(): void {
    this.#standby?.kill(new Error("It is not needed"));
    this.#standby = undefined;
  }

  /** Opens the files again at once: recovery has begun when the next request comes. */
  #restart(reason: Error): void {
    if (this.#isClosing) return;
    this.#logger.warn("Restarting the database", { reason: reason.message });
    this.#ensureOpen().catch((error) => this.#logger.error(error.message));
  }
}

function borrowed(
  worker: PgliteThread,
  session: Borrower["session"],
  timeout: number,
): BorrowedSession {
  return {
    get isOver() {
      return worker.death !== undefined;
    },
    run: (statements) =>
      worker.results({ op: "run", session, statements: [...statements] }, timeout),
    runBare: async (statement) =>
      (await worker.results({ op: "bare", session, statement }, timeout))[0]!,
    begin: () => worker.results({ op: "begin", session }, timeout).then(() => {}),
    step: async (statement, as, statements = 1) =>
      (await worker.results({ op: "step", statement, as }, timeout * statements))[0]!,
    commit: () => worker.results({ op: "commit" }, timeout).then(() => {}),
    rollback: () => worker.results({ op: "rollback" }, timeout).then(() => {}),
  };
}
