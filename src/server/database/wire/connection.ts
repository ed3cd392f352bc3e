import type { Timer } from "../../../core/timer.ts";
import { ApiError, DatabaseError } from "../../http/api_error.ts";
import { CANCELLED } from "../ended.ts";
import type { Notification } from "../messages.ts";
import type { Conversation } from "../pglite_engine.ts";
import { AnswerFollower } from "./answers.ts";
import { gatherRows, readsRows, rowsWanted, withoutRowsWanted } from "./copy_in.ts";
import {
  errorFields,
  errorFrame,
  fatalFrame,
  type Frame,
  frame,
  FrameReader,
  idle,
  noticeFrame,
  textOf,
} from "./frames.ts";
import { type Desk, greet } from "./greeting.ts";
import { Listening } from "./listening.ts";
import { forNewCatalogs } from "./older_catalogs.ts";
import { SessionState } from "./session_state.ts";

/** Milliseconds that a client has to say who it is, PostgreSQL's `authentication_timeout`. */
const GREETING_MS = 60_000;

/** Milliseconds of waiting after which a client is told what it waits for. */
const UNTOLD_WAIT_MS = 1000;

/**
 * The messages after which PostgreSQL has to be heard: query, sync, flush, function call, copy
 * data, its end.
 */
const ENDS_OF_BATCH = "QSHFdcf";

/** Data of a COPY, its end, and that it is given up: nothing of these begins a turn. */
const OF_COPY = "dcf";

/**
 * One client of the wire protocol: its messages are passed on in turns, each up to the end of its
 * transaction.
 */
export class WireConnection {
  readonly processId: number;
  readonly key = crypto.getRandomValues(new Int32Array(1))[0]!;
  readonly #desk: Desk;
  readonly #socket: Deno.TcpConn;
  readonly #reader: FrameReader;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array<ArrayBuffer>>;
  #state = new SessionState([]);
  #answers = new AnswerFollower();
  #upcoming: Promise<Frame | undefined> | undefined;
  #conversation: Conversation | undefined;
  readonly #listening: Listening;
  /** Gives the place in the queue up. */
  #wait = new AbortController();
  /** Settles once the client has taken what it was told, which may be never. */
  #sent: Promise<void> = Promise.resolve();
  /** Is called when the client has taken a part of it. */
  #onTaken: (() => void) | undefined;
  /** What was heard while an answer was under way, and comes behind it. */
  #heard: Notification[] | undefined;

  constructor(desk: Desk, socket: Deno.TcpConn, processId: number) {
    this.#desk = desk;
    this.#socket = socket;
    this.processId = processId;
    this.#listening = new Listening(desk.engine, (notification) => this.#tell(notification));
    this.#reader = new FrameReader(socket.readable as ReadableStream<Uint8Array<ArrayBuffer>>);
    this.#writer = (socket.writable as WritableStream<Uint8Array<ArrayBuffer>>).getWriter();
  }

  /** Serves the client until one of both is gone. */
  async serve(): Promise<void> {
    const tooLong = setTimeout(() => this.#giveUp(), GREETING_MS);
    try {
      // Else an answer of several parts waits for the client to acknowledge the first.
      this.#socket.setNoDelay();
      const settings = await greet(this.#desk, {
        reader: this.#reader,
        send: (bytes) => this.#send(bytes),
        processId: this.processId,
        key: this.key,
      });
      clearTimeout(tooLong);
      if (!settings) return;
      this.#state = new SessionState(settings);
      await this.#converse();
    } catch (error) {
      if (!isGone(error)) {
        const message = (error as Error).message;
        await this.#send(fatalFrame({ sqlstate: "08P01", message }));
      }
    } finally {
      clearTimeout(tooLong);
      this.#listening.close();
      this.close();
    }
  }

  /** Ends what runs, or waits for its turn, if something does. */
  cancel(): void {
    if (this.#conversation) this.#conversation.cancel();
    else this.#wait.abort();
  }

  close(): void {
    try {
      this.#socket.close();
    } catch {
      // The client has closed it.
    }
  }

  /** Closes a connection that does not come about, and says why not. */
  async #giveUp(): Promise<void> {
    const reason = this.#desk.engine.waitReason();
    const message = reason ? `the connection ${reason}` : "canceling authentication due to timeout";
    await this.#send(fatalFrame({ sqlstate: "57P03", message }));
    this.close();
  }

  async #converse(): Promise<void> {
    const { engine } = this.#desk;
    for (let first = await this.#next(); first; first = await this.#next()) {
      // A client that gives up what it copies may be late: PostgreSQL overlooks it, too.
      if (OF_COPY.includes(first.type)) continue;
      const began = first;
      const { signal } = this.#wait = new AbortController();
      const notice = setTimeout(() => this.#sayWhy(), UNTOLD_WAIT_MS);
      this.#leaveWhenGone();
      this.#heard = [];
      try {
        await engine.converse({ sql: sqlOf(began), signal }, async (conversation) => {
          clearTimeout(notice);
          await this.#turn(conversation, began);
          this.#listening.settle(this.#answers.isUndone);
        });
      } catch (error) {
        if (!(error instanceof DatabaseError || error instanceof ApiError)) throw error;
        // What ended the session, such as being cancelled; the next turn has a new one.
        await this.#send(errorFrame(errorFields(error)));
        await this.#send(idle);
        this.#answers = new AnswerFollower();
        this.#listening.settle(true);
      } finally {
        clearTimeout(notice);
        this.#conversation = undefined;
        const heard = this.#heard ?? [];
        this.#heard = undefined;
        for (const notification of heard) this.#tell(notification);
      }
    }
  }

  /** Tells a client that waits for its turn what it waits for. */
  #sayWhy(): void {
    const reason = this.#desk.engine.waitReason();
    if (reason) this.#send(noticeFrame(`this statement ${reason}`));
  }

  /** Tells a client that makes what will be gone with its turn. */
  #tellShortLife(sql: string | undefined): void {
    if (sql && this.#answers.status === "I" && OF_SESSION.test(sql)) this.#send(SHORT_LIVED);
  }

  /** A client that goes away while it waits for its turn gives it up. */
  #leaveWhenGone(): void {
    const { signal } = this.#wait;
    this.#upcoming ??= this.#reader.next();
    this.#upcoming.catch(() => undefined).then((message) => {
      if (!message && !signal.aborted) this.#wait.abort();
    });
  }

  #tell(notification: Notification): void {
    const { processId, channel, payload } = notification;
    if (this.#heard) this.#heard.push(notification);
    else this.#send(frame("A", processId, channel, payload));
  }

  /** Has the session until no transaction is open. */
  async #turn(conversation: Conversation, first: Frame): Promise<void> {
    if (this.#wait.signal.aborted) throw new DatabaseError(CANCELLED);
    this.#conversation = conversation;
    // That of the turn before, while this one does nothing.
    this.#answers.isUndone = false;
    const aside = (bytes: Uint8Array<ArrayBuffer> | undefined) => bytes && conversation.pass(bytes);
    for (const bytes of this.#state.begin()) await aside(bytes);
    let batch: Uint8Array<ArrayBuffer>[] = [];
    for (let said: Frame | undefined = first; said; said = await this.#nextInTime()) {
      const message = forNewCatalogs(said);
      await aside(this.#state.before(message));
      this.#listening.note(sqlOf(message));
      this.#tellShortLife(sqlOf(message));
      batch.push(message.bytes);
      const reading = readsRows(message);
      if (reading === "among others") throw new DatabaseError(COPY_AMONG_OTHERS);
      if (message.type === "Q" && CREATES_DATABASE.test(textOf(message))) {
        throw new DatabaseError(ONE_DATABASE);
      }
      if (reading === "alone") {
        await this.#send(rowsWanted(message));
        batch.push(...await gatherRows(() => this.#nextInTime()));
      }
      if (!ENDS_OF_BATCH.includes(message.type)) continue;
      await this.#pass(conversation, await new Blob(batch).bytes(), reading !== undefined);
      batch = [];
      if ("QS".includes(message.type) && this.#answers.status === "I") {
        return this.#state.end(!this.#answers.isUndone);
      }
    }
    // The client is gone in the middle: what it began ends here.
    await aside(frame("S"));
  }

  /**
   * Passes messages on and the answers back, which nobody else waits for its client to take; a
   * client that goes away meanwhile has its statement ended.
   */
  async #pass(
    conversation: Conversation,
    bytes: Uint8Array<ArrayBuffer>,
    isCopy: boolean,
  ): Promise<void> {
    let isDone = false;
    this.#upcoming ??= this.#reader.next();
    this.#upcoming.catch(() => undefined).then((message) => {
      if (!message && !isDone) conversation.cancel();
    });
    try {
      await conversation.pass(bytes, (answer) => {
        this.#answers.read(answer);
        this.#sent = this.#send(isCopy ? withoutRowsWanted(answer) : answer);
      });
    } finally {
      isDone = true;
    }
  }

  /** The client's next message, once it has taken the answers; undefined when it leaves. */
  async #next(): Promise<Frame | undefined> {
    await this.#sent;
    const upcoming = this.#upcoming ?? this.#reader.next();
    this.#upcoming = undefined;
    const message = await upcoming;
    return message?.type === "X" ? undefined : message;
  }

  /** {@link #next} of a client in a transaction, which everybody else waits for. */
  async #nextInTime(): Promise<Frame | undefined> {
    const idle = Promise.withResolvers<"idle">();
    let timer: Timer | undefined;
    this.#onTaken = () => {
      clearTimeout(timer);
      timer = setTimeout(() => idle.resolve("idle"), this.#desk.patience);
    };
    this.#onTaken();
    try {
      const next = await Promise.race([this.#next(), idle.promise]);
      if (next !== "idle") return next;
      this.#send(fatalFrame(TOO_IDLE)).then(() => this.close());
      return undefined;
    } finally {
      clearTimeout(timer);
      this.#onTaken = undefined;
    }
  }

  #send(bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    const taken = this.#writer.write(bytes).then(() => this.#onTaken?.());
    // A client that is gone is found out by reading.
    return taken.catch(() => {});
  }
}

/** Statements that make what lasts as long as the session: temporary tables and some cursors. */
const OF_SESSION =
  /^\s*(?:CREATE\s+(?:(?:LOCAL|GLOBAL)\s+)?TEMP(?:ORARY)?\s|DECLARE\b.*\bWITH\s+HOLD\b)/is;

const SHORT_LIVED = noticeFrame(
  "this lasts to the end of the transaction here: begin one, or start the backend with `insforge local start --engine postgres`",
);

const TOO_IDLE = {
  sqlstate: "25P03",
  message: "terminating connection due to idle-in-transaction timeout",
};

const COPY_AMONG_OTHERS = {
  sqlstate: "0A000",
  message: "COPY FROM STDIN has to be a simple query of its own here",
};

/** No other could be connected to. */
const CREATES_DATABASE = /^\s*create\s+database\b/i;

const ONE_DATABASE = {
  sqlstate: "0A000",
  message: "the local backend has one database",
  hint: "One with more than that: insforge local start --engine postgres",
};

/** The SQL of a message that has some. */
function sqlOf(message: Frame): string | undefined {
  return "QP".includes(message.type) ? textOf(message) : undefined;
}

function isGone(error: unknown): boolean {
  return error instanceof Deno.errors.BadResource || error instanceof Deno.errors.Interrupted ||
    error instanceof Deno.errors.ConnectionReset || error instanceof Deno.errors.BrokenPipe;
}
