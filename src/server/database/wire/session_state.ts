import { splitStatements } from "../../../shared/sql/splitter.ts";
import { type Frame, frame } from "./frames.ts";
import { type SessionChange, sessionChanges } from "./session_changes.ts";

/** How many settings a client may have, and how many statements of SQL's `PREPARE`. */
const MOST_KEPT = 200;

/** What every text holds that changes a session; many others do, too. */
const MAY_CHANGE = /\b(?:SET|RESET|DISCARD|PREPARE|DEALLOCATE|set_config)\b/i;

/**
 * What a client may expect to find again in its session: settings and prepared statements. All
 * clients share the one session of PGlite in turns, so it is said again at the start of a turn.
 */
export class SessionState {
  /** What was asked for at the start of the connection. */
  readonly #start: readonly string[];
  /** Statements that set what is set, by its name. */
  readonly #settings = new Map<string, string>();
  /** The statements that SQL has prepared, by their names. */
  readonly #bySql = new Map<string, string>();
  /** Those that messages have prepared; one has no name. */
  readonly #byMessage = new Map<string, Frame>();
  /** The latter that this turn has prepared. */
  #prepared = new Set<string>();
  /** The texts of this turn that may change something. */
  #said: string[] = [];

  constructor(start: readonly string[]) {
    this.#start = start;
  }

  /** A turn begins. @returns what to pass on first: each by itself, as one may fail meanwhile */
  begin(): Uint8Array<ArrayBuffer>[] {
    this.#prepared = new Set();
    this.#said = [];
    return [...this.#start, ...this.#settings.values(), ...this.#bySql.values()]
      .map((sql) => frame("Q", sql));
  }

  /** Takes note of a message. @returns what to pass on before it, if anything */
  before(message: Frame): Uint8Array<ArrayBuffer> | undefined {
    const [first = "", second = ""] = texts(message.bytes);
    switch (message.type) {
      case "Q":
        this.#note(first);
        // A simple query ends the statement that has no name.
        this.#byMessage.delete("");
        return;
      case "P":
        this.#note(second);
        this.#byMessage.set(first, message);
        this.#prepared.add(first);
        return;
      case "B":
        return this.#missing(second);
      case "D":
        return first.startsWith("S") ? this.#missing(first.slice(1)) : undefined;
      case "C":
        if (first.startsWith("S")) this.#byMessage.delete(first.slice(1));
    }
  }

  /** A turn ends. @param stays whether what it did was not rolled back */
  end(stays: boolean): void {
    if (!stays) return;
    for (const { text } of this.#said.flatMap(splitStatements)) {
      for (const change of sessionChanges(text)) this.#follow(change);
    }
  }

  #follow(change: SessionChange): void {
    switch (change.kind) {
      case "set":
        return keep(this.#settings, change);
      case "prepare":
        return keep(this.#bySql, change);
      case "reset":
        return forget(this.#settings, change.name);
      case "deallocate":
        forget(this.#bySql, change.name);
        return forget(this.#byMessage, change.name);
      case "discard":
        for (const kept of [this.#settings, this.#bySql, this.#byMessage]) kept.clear();
    }
  }

  #missing(name: string): Uint8Array<ArrayBuffer> | undefined {
    const statement = this.#byMessage.get(name);
    if (!statement || this.#prepared.has(name)) return undefined;
    this.#prepared.add(name);
    return statement.bytes;
  }

  #note(sql: string): void {
    if (MAY_CHANGE.test(sql)) this.#said.push(sql);
  }
}

/** Keeps a statement as the last one. */
function keep(kept: Map<string, string>, { name, sql }: { name: string; sql: string }): void {
  kept.delete(name);
  if (kept.size < MOST_KEPT) kept.set(name, sql);
}

/** @param name all without one */
function forget(kept: Map<string, unknown>, name: string | undefined): void {
  if (name === undefined) kept.clear();
  else kept.delete(name);
}

/** The first two texts of a message. */
function texts(bytes: Uint8Array): string[] {
  const offset = 5;
  const first = bytes.indexOf(0, offset);
  const second = bytes.indexOf(0, first + 1);
  const decoder = new TextDecoder();
  return [bytes.subarray(offset, first), bytes.subarray(first + 1, second)].map((part) =>
    decoder.decode(part)
  );
}
