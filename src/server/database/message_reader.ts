import { concatBytes } from "../../core/bytes.ts";
import type { Field, Notification } from "./messages.ts";
import {
  errorIn,
  fieldsIn,
  HEADER_LENGTH,
  notificationIn,
  type Said,
  textsIn,
} from "./wire/replies.ts";

/** Who hears what PostgreSQL says. */
export interface MessageTarget {
  describe(fields: readonly Field[]): void;
  row(values: readonly (string | null)[]): void;
  /** A statement is done; `tag` is such as `INSERT 0 3`. */
  count(tag: string): void;
  emptyQuery(): void;
  fail(error: Said): void;
  /** The SQL said something, as with `RAISE NOTICE`. */
  say(notice: Said): void;
  ready(): void;
  /** Something was published that this session listens for. */
  notify(notification: Notification): void;
}

const DATA_ROW = "D".charCodeAt(0);
/** Shorter texts are put together faster than a decoder is called. */
const SHORT_TEXT = 48;

const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** Cuts PostgreSQL's answer into messages, nearly all of which are rows. */
export class MessageReader {
  readonly #target: MessageTarget;
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
      else this.#receive(bytes[start]!, bytes.subarray(start + HEADER_LENGTH, end));
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

  #receive(type: number, body: Uint8Array): void {
    switch (String.fromCharCode(type)) {
      case "T":
        return this.#target.describe(fieldsIn(body));
      case "C":
        return this.#target.count(textsIn(body)[0] ?? "");
      case "I":
        return this.#target.emptyQuery();
      case "E":
        return this.#target.fail(errorIn(body));
      case "N":
        return this.#target.say(errorIn(body));
      case "A":
        return this.#target.notify(notificationIn(body));
      case "Z":
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
