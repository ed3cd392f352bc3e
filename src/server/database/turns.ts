import type { Activity } from "../../shared/contract/state.ts";
import { ApiError, DatabaseError } from "../http/api_error.ts";
import { CANCELLED } from "./ended.ts";
import { statementWithoutValues } from "../../shared/sql/without_values.ts";

/** How many may wait, and for how many milliseconds. */
const MOST_WAITING = 1000;
const LONGEST_WAIT_MS = 60_000;
/** Characters of a statement that those who wait for it are shown. */
const SHOWN_LENGTH = 60;

/** Who wants a turn. */
export interface TurnRequest {
  /** What it is about to run. */
  readonly sql?: string;
  /** Gives the place in the queue up. */
  readonly signal?: AbortSignal;
}

interface Turn {
  readonly sql?: string;
  /** When it began, in milliseconds. */
  since: number;
}

/** Turns at PostgreSQL: first come, first served, so many at once, and no queue without end. */
export class TurnQueue {
  readonly #width: number;
  readonly #mostWaiting: number;
  readonly #longestWait: number;
  readonly #running = new Set<Turn>();
  readonly #waiting = new Set<() => void>();

  /** @param width turns at a time */
  constructor(width: number, { mostWaiting = MOST_WAITING, longestWait = LONGEST_WAIT_MS } = {}) {
    this.#width = width;
    this.#mostWaiting = mostWaiting;
    this.#longestWait = longestWait;
  }

  /**
   * Runs `body` when its turn comes.
   * @throws {ApiError} 503 when too many wait, or it waited too long
   * @throws {DatabaseError} 57014 when its signal comes first
   */
  async take<T>({ sql, signal }: TurnRequest, body: () => Promise<T>): Promise<T> {
    if (signal?.aborted) throw new DatabaseError(CANCELLED);
    const turn = { sql, since: 0 };
    if (this.#running.size < this.#width && this.#waiting.size === 0) this.#begin(turn);
    else await this.#wait(turn, signal);
    try {
      return await body();
    } finally {
      this.#running.delete(turn);
      this.#next();
    }
  }

  /** Resolves when nobody has a turn or waits for one. */
  async idle(): Promise<void> {
    while (this.#running.size > 0) await this.take({}, () => Promise.resolve()).catch(() => {});
  }

  /** Whether nobody has a turn, nor waits for one. */
  get isAtRest(): boolean {
    return this.#running.size === 0 && this.#waiting.size === 0;
  }

  activity(): Activity {
    const now = performance.now();
    const running = [...this.#running].map(({ sql = "", since }) => ({
      statement: shortened(sql),
      seconds: Math.round((now - since) / 1000),
    }));
    return { running, waiting: this.#waiting.size };
  }

  /** What somebody waits for who has no turn yet; empty when there is nothing to wait for. */
  reason(): string {
    const [longest] = this.activity().running.toSorted((a, b) => b.seconds - a.seconds);
    if (!longest) return "";
    const what = longest.statement ? ` (${longest.statement})` : "";
    return `waits for another statement${what} that has run for ${longest.seconds} s`;
  }

  #begin(turn: Turn): void {
    turn.since = performance.now();
    this.#running.add(turn);
  }

  #wait(turn: Turn, signal?: AbortSignal): Promise<void> {
    if (this.#waiting.size >= this.#mostWaiting) throw this.#busy("too many statements wait");
    return new Promise((resolve, reject) => {
      const leave = (error: Error) => {
        this.#waiting.delete(enter);
        clearTimeout(timer);
        signal?.removeEventListener("abort", gone);
        reject(error);
      };
      const gone = () => leave(new DatabaseError(CANCELLED));
      const timer = setTimeout(() => leave(this.#busy(this.reason())), this.#longestWait);
      const enter = () => {
        this.#waiting.delete(enter);
        clearTimeout(timer);
        signal?.removeEventListener("abort", gone);
        // At once: nobody may come in between.
        this.#begin(turn);
        resolve();
      };
      signal?.addEventListener("abort", gone);
      this.#waiting.add(enter);
    });
  }

  #next(): void {
    const [first] = this.#waiting;
    if (first && this.#running.size < this.#width) first();
  }

  #busy(reason: string): ApiError {
    return new ApiError(
      503,
      "DATABASE_INTERNAL_ERROR",
      `The database is busy: ${reason || "it has no turn to give"}`,
      "Try again in a moment. A statement that its client cancels is ended.",
    );
  }
}

function shortened(sql: string): string {
  const text = statementWithoutValues(sql).replace(/\s+/g, " ").trim();
  return text.length > SHOWN_LENGTH ? `${text.slice(0, SHOWN_LENGTH)}…` : text;
}
