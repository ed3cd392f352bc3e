import { protocol } from "@electric-sql/pglite";
import { concatBytes } from "../../core/bytes.ts";
import type { Field, Notification } from "./messages.ts";

/** Who hears what PostgreSQL says. */
export interface MessageTarget {
  describe(fields: readonly Field[]): void;
  row(values: readonly (string | null)[]): void;
  /** A statement is done; `tag` is such as `INSERT 0 3`. */
  count(tag: string): void;
  emptyQuery(): void;
  fail(error: WireError): void;
  /** The SQL said something, as with `RAISE NOTICE`. */
  say(notice: WireError): void;
  ready(): void;
  /** Something was published that this session listens for. */
  notify(notification: Notification): void;
}

/** An error or a notice as it travels. */
export interface WireError {
  message: string;
  severity?: string;
  code?: string;
  position?: string;
  detail?: string;
  hint?: string;
  column?: string;
  table?: string;
  constraint?: string;
  where?: string;
  routine?: string;
}

/**
 * Type byte and length, which every message begins with; the length counts itself but not the type.
 */
const HEADER_LENGTH = 5;
const DATA_ROW = "D".charCodeAt(0);
/** Shorter texts are put together faster than a decoder is called. */
const SHORT_TEXT = 48;

const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/**
 * Cuts PostgreSQL's answer into messages. Rows, which are nearly all of them, are read here; the
 * rest is left to the parser that comes with PGlite.
 */
export class MessageReader {
  readonly #target: MessageTarget;
  readonly #parser = new protocol.Parser();
  #partial: Uint8Array[] = [];
  #partialSize = 0;
  #wanted = 0;

  constructor(target: MessageTarget) {
    this.#target = target;
  }

  /** Takes the next bytes; they may change once it returns. */
  read(bytes: Uint8Array): void {
    if (this.#partialSize > 0) {
      this.#keep(bytes);
      if (this.#partialSize < this.#wanted) return;
      bytes = concatBytes(this.#partial);
      this.#partial = [];
      this.#partialSize = 0;
    }
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    let start = 0;
    while (start + HEADER_LENGTH <= bytes.length) {
      const end = start + 1 + view.getUint32(start + 1);
      if (end > bytes.length) break;
      if (bytes[start] === DATA_ROW) this.#row(bytes, view, start + HEADER_LENGTH);
      else this.#parser.parse(bytes.slice(start, end), (message) => this.#receive(message));
      start = end;
    }
    const left = bytes.length - start;
    if (left === 0) return;
    this.#wanted = left < HEADER_LENGTH ? HEADER_LENGTH : 1 + view.getUint32(start + 1);
    this.#keep(bytes.subarray(start));
  }

  #keep(bytes: Uint8Array): void {
    this.#partial.push(bytes.slice());
    this.#partialSize += bytes.length;
  }

  #row(bytes: Uint8Array, view: DataView, offset: number): void {
    const values = new Array<string | null>(view.getUint16(offset));
    offset += 2;
    for (let index = 0; index < values.length; index++) {
      const length = view.getInt32(offset);
      offset += 4;
      if (length < 0) {
        values[index] = null;
      } else {
        values[index] = decode(bytes, offset, offset + length);
        offset += length;
      }
    }
    this.#target.row(values);
  }

  #receive(message: { name: string }): void {
    switch (message.name) {
      case "rowDescription":
        return this.#target.describe((message as { name: string; fields: Field[] }).fields);
      case "commandComplete":
        return this.#target.count((message as { name: string; text: string }).text);
      case "emptyQuery":
        return this.#target.emptyQuery();
      case "error":
        return this.#target.fail(message as unknown as WireError);
      case "notice":
        return this.#target.say(message as unknown as WireError);
      case "notification":
        return this.#target.notify(message as unknown as Notification);
      case "readyForQuery":
        return this.#target.ready();
    }
  }
}

function decode(bytes: Uint8Array, start: number, end: number): string {
  if (end - start > SHORT_TEXT) return decoder.decode(bytes.subarray(start, end));
  let text = "";
  for (let index = start; index < end; index++) {
    const byte = bytes[index]!;
    if (byte > 0x7f) return decoder.decode(bytes.subarray(start, end));
    text += String.fromCharCode(byte);
  }
  return text;
}
