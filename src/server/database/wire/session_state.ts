import { type Frame, frame } from "./frames.ts";

const MOST_SETTINGS = 200;

/**
 * What a client may expect to find again in its session: settings and prepared statements. All
 * clients share the one session of PGlite in turns, so it is said again at the start of a turn.
 */
export class SessionState {
  #settings: string[] = [];
  readonly #statements = new Map<string, Frame>();
  /** The statements that this turn has prepared. */
  #prepared = new Set<string>();

  /** A turn begins. @returns what to pass on first, if anything */
  begin(): Uint8Array<ArrayBuffer> | undefined {
    this.#prepared = new Set();
    return this.#settings.length ? frame("Q", this.#settings.join(";")) : undefined;
  }

  /** Takes note of a message. @returns what to pass on before it, if anything */
  before(message: Frame): Uint8Array<ArrayBuffer> | undefined {
    const [first = "", second = ""] = texts(message.bytes);
    switch (message.type) {
      case "Q":
        this.#note(first);
        return;
      case "P":
        this.#note(second);
        if (first) this.#statements.set(first, message);
        this.#prepared.add(first);
        return;
      case "B":
        return this.#missing(second);
      case "D":
        return first.startsWith("S") ? this.#missing(first.slice(1)) : undefined;
      case "C":
        if (first.startsWith("S")) this.#statements.delete(first.slice(1));
    }
  }

  #missing(name: string): Uint8Array<ArrayBuffer> | undefined {
    const statement = this.#statements.get(name);
    if (!statement || this.#prepared.has(name)) return undefined;
    this.#prepared.add(name);
    return statement.bytes;
  }

  #note(sql: string): void {
    if (/^\s*DISCARD\s+ALL\b/i.test(sql)) {
      this.#settings = [];
      this.#statements.clear();
    }
    const lasts = /^\s*(SET|RESET)\s+(?!LOCAL\b|TRANSACTION\b|CONSTRAINTS\b)/i.test(sql) ||
      /^\s*(PREPARE\s+(?!TRANSACTION\b)|SELECT\s+(pg_catalog\.)?set_config\s*\([^;]*false\s*\))/i
        .test(sql);
    if (lasts) this.keep(sql);
  }

  /** Has every turn begin with a statement, such as `SET`. */
  keep(sql: string): void {
    this.#settings = [...this.#settings.filter((known) => known !== sql), sql].slice(
      -MOST_SETTINGS,
    );
  }
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
