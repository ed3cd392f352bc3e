import type { Timer } from "../../core/timer.ts";
import type { KeptFiles } from "../../files/prepared_files.ts";
import { DatabaseError, isDiskFull, MAKE_ROOM } from "../http/api_error.ts";
import { CANCELLED, outOfTime } from "./ended.ts";
import { answerQuestion } from "./extensions/http_exchange.ts";
import { Fence } from "./fence.ts";
import {
  GATE,
  type Notification,
  OPEN,
  type RawResult,
  type WorkerReply,
  type WorkerRequest,
  type WorkerRequestBody,
} from "./messages.ts";
import { packageFolders } from "./package_folders.ts";
import { type StartedThread, startThread, type ThreadOptions } from "./started_thread.ts";

/** Milliseconds that a commit which has begun may take beyond its time. */
const COMMIT_GRACE_MS = 10_000;

/** Read once: a database that has to be opened again may outlive the executable it came from. */
let files: KeptFiles | undefined;

type Answer = Exclude<
  Extract<WorkerReply, { id: number }>,
  { type: "started" } | { type: "bytes" }
>;

/**
 * One life of PGlite, in a worker of its own. It takes one request at a time; a request that
 * runs out of time, or that PostgreSQL does not survive, ends it for good.
 */
export class PgliteThread {
  readonly #worker: Worker;
  readonly #opening = Promise.withResolvers<void>();
  readonly #cell: Int32Array;
  readonly #fence: Fence;
  readonly #sent: Int32Array;
  readonly #onLate: () => void;
  readonly #isOpening: boolean;
  #pending: {
    id: number;
    started: () => void;
    delayed: () => void;
    settle: (answer: Answer | Error) => void;
    onBytes?: (bytes: Uint8Array<ArrayBuffer>) => void;
  } | undefined;
  #nextId = 0;
  /** Whether it does something by itself, which is not to take a request's time. */
  #isBusy = true;
  /** Ends what the network is asked for. */
  readonly #killed = new AbortController();
  #death: Error | undefined;
  #ended: Promise<void> = Promise.resolve();

  /**
   * Gets ready to open the files.
   * @param onLate is called when half the time of a statement is over
   * @param started the worker, where one was started early
   */
  constructor(
    options: ThreadOptions,
    onNotification: (notification: Notification) => void,
    onLate: () => void,
    started: StartedThread = startThread(options, packageFolders(), files),
  ) {
    files = started.files;
    this.#onLate = onLate;
    this.#worker = started.worker;
    this.#cell = new Int32Array(started.cells, 0, 1);
    this.#fence = new Fence(new Int32Array(started.cells, 4, 1));
    this.#sent = new Int32Array(started.cells, 8, 1);
    this.#isOpening = started.opening !== undefined;
    const hear = (data: WorkerReply) => {
      if (data.type === "ready") this.#opening.resolve();
      else if (data.type === "notified") onNotification(data.notification);
      else if (data.type === "busy") this.#beBusy();
      else if (data.type === "asked") answerQuestion(data.question, this.#killed.signal);
      else if (data.type === "failed") this.#opening.reject(new Error(data.message));
      else if (data.id !== this.#pending?.id) return;
      else if (data.type === "started") {
        this.#isBusy = false;
        this.#pending.started();
      } else if (data.type === "bytes") this.#pending.onBytes?.(data.bytes);
      else this.#pending.settle(data);
    };
    started.opening?.replies.forEach(hear);
    this.#worker.onmessage = ({ data }: MessageEvent<WorkerReply>) => hear(data);
    started.failed.then((error) => this.kill(error));
    // Of one that is never asked to open.
    this.#opening.promise.catch(() => {});
  }

  /** Opens the files, which no other engine may have any more: see {@link ended}. */
  open(): void {
    if (!this.#isOpening) this.#worker.postMessage(OPEN);
  }

  /** Resolves when PostgreSQL answers, rejects when it does not start. */
  get opened(): Promise<void> {
    return this.#opening.promise;
  }

  /** Resolves when it changes its files no more, after {@link kill}. */
  get ended(): Promise<void> {
    return this.#ended;
  }

  /** Why it ended, if it did. */
  get death(): Error | undefined {
    return this.#death;
  }

  /**
   * Asks for something and waits for the answer.
   * @param timeout milliseconds after which this engine ends, from when the worker comes to it
   * @param onBytes takes what PostgreSQL says to `raw`
   * @throws {DatabaseError} in PostgreSQL's words
   */
  async call(
    body: WorkerRequestBody,
    timeout: number,
    onBytes?: (bytes: Uint8Array<ArrayBuffer>) => void,
  ): Promise<Answer> {
    if (this.#death) throw this.#death;
    const id = this.#nextId++;
    if (!["step", "commit", "rollback"].includes(body.op)) {
      Atomics.store(this.#cell, 0, GATE.running);
    }
    const answer = await new Promise<Answer>((resolve, reject) => {
      let timer: Timer | undefined;
      const end = () => this.kill(outOfTime(timeout));
      const late = () => {
        this.#onLate();
        timer = setTimeout(() => {
          const state = Atomics.compareExchange(this.#cell, 0, GATE.running, GATE.cancelled);
          if (state === GATE.committing) timer = setTimeout(end, COMMIT_GRACE_MS);
          else end();
        }, timeout / 2);
      };
      const started = () => void (timer = setTimeout(late, timeout / 2));
      const settle = (answer: Answer | Error) => {
        clearTimeout(timer);
        this.#pending = undefined;
        if (answer instanceof Error) reject(answer);
        else resolve(answer);
      };
      this.#pending = { id, started, delayed: () => clearTimeout(timer), settle, onBytes };
      const request = { ...body, id } as WorkerRequest;
      Atomics.add(this.#sent, 0, 1);
      this.#worker.postMessage(request);
      if (!this.#isBusy) started();
    });
    if (answer.type === "error") throw new DatabaseError(answer.error);
    if (answer.type === "crashed") {
      this.kill(crashed(answer.message));
      throw this.#death;
    }
    return answer;
  }

  #beBusy(): void {
    this.#isBusy = true;
    this.#pending?.delayed();
  }

  /** {@link call} for what answers with results. */
  async results(body: WorkerRequestBody, timeout: number): Promise<RawResult[]> {
    const answer = await this.call(body, timeout);
    if (answer.type === "results") return answer.results;
    throw new TypeError(`Unexpected answer of the database worker: ${answer.type}`);
  }

  /** {@link kill} with what a client asks for, unless the transaction is being committed. */
  cancel(): void {
    const state = Atomics.compareExchange(this.#cell, 0, GATE.running, GATE.cancelled);
    if (state !== GATE.committing) this.kill(new DatabaseError(CANCELLED));
  }

  /** Ends it without waiting; what runs fails with `reason`, and was not committed. */
  kill(reason: Error): void {
    if (this.#death) return;
    this.#death = reason;
    this.#killed.abort();
    Atomics.compareExchange(this.#cell, 0, GATE.running, GATE.cancelled);
    // Not in an operation on its files, whose end would be told by nobody.
    this.#ended = this.#fence.close().then(() => this.#worker.terminate());
    this.#opening.reject(reason);
    this.#pending?.settle(reason);
  }
}

function crashed(cause: string): DatabaseError {
  return new DatabaseError({
    sqlstate: "57P02",
    message: `the statement stopped the database, which was restarted (${cause})`,
    hint: isDiskFull(cause)
      ? `It was undone. ${MAKE_ROOM}`
      : "It was undone. Ask for less in one statement.",
  });
}
