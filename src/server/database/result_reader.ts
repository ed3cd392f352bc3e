import { concatBytes } from "../../core/bytes.ts";
import { MessageReader, type MessageTarget } from "./message_reader.ts";
import type { Said } from "./wire/replies.ts";
import type {
  EarlierRows,
  Field,
  Notification,
  PostgresErrorFields,
  RawResult,
} from "./messages.ts";
import { Notices } from "./notices.ts";
import { PostgresCrash, PostgresError } from "./postgres_error.ts";
import { type Encoder, encoderOf } from "./wire_values.ts";

/** Largest result of a text that is held in memory, in bytes of JSON. */
const MAX_RESULT_BYTES = 256 * 1024 * 1024;
const CHUNK_LENGTH = 1024 * 1024;

/** Collects PostgreSQL's answer to one statement; rows become JSON as they arrive. */
export class ResultReader implements MessageTarget {
  readonly #messages = new MessageReader(this);
  #columns: { prefix: string; index: number; encode: Encoder }[] = [];
  #fields: Field[] = [];
  #rowCounts: (number | null)[] = [];
  #earlier: EarlierRows[] = [];
  readonly #notices = new Notices();
  #between = false;
  #error: PostgresErrorFields | undefined;
  #fatal = false;
  #answered = false;
  #complete = false;
  #tooLarge = false;

  #chunks: Uint8Array<ArrayBuffer>[] = [];
  #size = 0;
  #text = "[";
  #first = true;
  readonly #hear: (notification: Notification) => void;

  /** @param hear told of notifications that come among the answers */
  constructor(hear: (notification: Notification) => void = () => {}) {
    this.#hear = hear;
  }

  /** Takes the next bytes of the answer; they may change once it returns. */
  read(bytes: Uint8Array): void {
    this.#messages.read(bytes);
  }

  /**
   * The result, once everything was read.
   * @throws {PostgresError}
   * @throws {PostgresCrash}
   */
  finish(): RawResult {
    // PGlite says that it is ready even after a trap in PostgreSQL's code, and then nothing was
    // answered.
    if (!this.#answered || !this.#complete || this.#fatal) {
      throw new PostgresCrash(this.#error?.message ?? "out of stack or memory");
    }
    const notices = this.#notices.all();
    if (this.#error) throw new PostgresError({ ...this.#error, notices });
    const rows = this.#takeRows();
    if (this.#tooLarge) {
      throw new PostgresError({
        sqlstate: "54000",
        message: `the result is larger than ${MAX_RESULT_BYTES / 1024 / 1024} MiB`,
        hint: "Read it in parts, with LIMIT or by key.",
      });
    }
    const rowCounts = this.#rowCounts;
    return {
      rows,
      fields: this.#fields,
      rowCount: rowCounts.at(-1) ?? null,
      rowCounts,
      earlier: this.#earlier,
      notices,
    };
  }

  say(notice: Said): void {
    this.#notices.add(notice);
  }

  notify({ processId, channel, payload }: Notification): void {
    this.#hear({ processId, channel, payload });
  }

  emptyQuery(): void {
    this.#answered = true;
  }

  ready(): void {
    this.#complete = true;
  }

  #startStatement(): void {
    this.#between = false;
    if (this.#fields.length > 0) {
      const statement = this.#rowCounts.length - 1;
      this.#earlier.push({ statement, rows: this.#takeRows(), fields: this.#fields });
    }
    this.#fields = [];
    this.#columns = [];
    this.#chunks = [];
    this.#text = "[";
    this.#first = true;
  }

  #takeRows(): Uint8Array<ArrayBuffer> {
    this.#text += "]";
    this.#flush();
    return concatBytes(this.#chunks);
  }

  describe(fields: readonly Field[]): void {
    if (this.#between) this.#startStatement();
    this.#fields = fields.map(({ name, dataTypeID }) => ({ name, dataTypeID }));
    const last = new Map(fields.map(({ name }, index) => [name, index]));
    this.#columns = [...last].map(([name, index], position) => ({
      prefix: `${position ? "," : ""}${JSON.stringify(name)}:`,
      index,
      encode: encoderOf(fields[index]!.dataTypeID),
    }));
  }

  row(values: readonly (string | null)[]): void {
    if (this.#tooLarge) return;
    let row = this.#first ? "{" : ",{";
    this.#first = false;
    for (const { prefix, index, encode } of this.#columns) {
      const value = values[index];
      row += prefix + (value === null || value === undefined ? "null" : encode(value));
    }
    this.#text += row + "}";
    if (this.#text.length >= CHUNK_LENGTH) this.#flush();
  }

  #flush(): void {
    const chunk = new TextEncoder().encode(this.#text);
    this.#text = "";
    this.#size += chunk.length;
    this.#chunks.push(chunk);
    if (this.#size > MAX_RESULT_BYTES) {
      this.#tooLarge = true;
      this.#chunks = [];
    }
  }

  /**
   * Reads the count off a command tag such as `INSERT 0 3` or `SELECT 5`; `CREATE TABLE` has none.
   */
  count(tag: string): void {
    if (this.#between) this.#startStatement();
    this.#between = true;
    this.#answered = true;
    const count = /^[A-Z]+(?: \d+)? (\d+)$/.exec(tag)?.[1];
    this.#rowCounts.push(count === undefined ? null : Number(count));
  }

  fail({ severity, ...error }: Said): void {
    this.#answered = true;
    if (severity === "FATAL" || severity === "PANIC") this.#fatal = true;
    this.#error ??= { ...error, statement: this.#rowCounts.length };
  }
}
