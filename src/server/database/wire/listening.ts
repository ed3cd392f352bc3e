import type { Notification } from "../messages.ts";
import type { PgliteEngine } from "../pglite_engine.ts";

const NAME = /"(?:[^"]|"")*"|[A-Za-z_\x80-\uffff][\w$\x80-\uffff]*/.source;
const LISTEN = new RegExp(`(?:^|;)\\s*(LISTEN|UNLISTEN)\\s+(\\*|${NAME})\\s*(?=;|$)`, "gi");
const DISCARD = /(?:^|;)\s*DISCARD\s+ALL\s*(?=;|$)/i;

/**
 * The channels that one client listens to. The session is shared in turns, so it listens for all
 * of them, and what it hears goes to those who asked for it.
 */
export class Listening {
  readonly #engine: PgliteEngine;
  readonly #hear: (notification: Notification) => void;
  readonly #channels = new Map<string, () => void>();
  /** What the turn asks for; it counts once the turn is done. */
  #wanted: (() => void)[] = [];

  constructor(engine: PgliteEngine, hear: (notification: Notification) => void) {
    this.#engine = engine;
    this.#hear = hear;
  }

  /** Takes note of SQL that a client sends; it counts when the turn is done. */
  note(sql: string | undefined): void {
    if (!sql) return;
    if (DISCARD.test(sql)) this.#wanted.push(() => this.close());
    for (const [, word, name] of sql.matchAll(LISTEN)) {
      const channel = unquoted(name!);
      if (word!.toUpperCase() === "LISTEN") this.#wanted.push(() => this.#add(channel));
      else this.#wanted.push(() => this.#remove(channel));
    }
  }

  /** Carries out what the turn asked for, at its end; nothing of one that was undone. */
  settle(isUndone: boolean): void {
    const wanted = this.#wanted;
    this.#wanted = [];
    for (const work of isUndone ? [] : wanted) work();
  }

  /** Listens to nothing any more. */
  close(): void {
    this.#remove("*");
  }

  #add(channel: string): void {
    if (this.#channels.has(channel)) return;
    this.#channels.set(channel, this.#engine.subscribe(channel, this.#hear));
  }

  #remove(channel: string): void {
    for (const [name, stop] of this.#channels) {
      if (channel !== "*" && channel !== name) continue;
      stop();
      this.#channels.delete(name);
    }
  }
}

/** A name as PostgreSQL keeps it. */
function unquoted(name: string): string {
  return name.startsWith('"') ? name.slice(1, -1).replaceAll('""', '"') : name.toLowerCase();
}
