import { concatBytes } from "../../../core/bytes.ts";
import { type ApiError, DatabaseError } from "../../http/api_error.ts";

/**
 * The messages of PostgreSQL's wire protocol, version 3, as far as a server must tell them apart.
 */

/** A message of a client after the start; `bytes` are all of it. */
export interface Frame {
  /** Its letter, such as `Q` for a query. */
  readonly type: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** Bytes that one message may have, as in PostgreSQL: later on, the first, and the password. */
const MAX_FRAME_BYTES = 0x3fffffff;
const MAX_START_BYTES = 10_000;
export const MAX_GREETING_BYTES = 65_535;

/** Cuts what comes from a client into messages. */
export class FrameReader {
  readonly #source: ReadableStreamDefaultReader<Uint8Array<ArrayBuffer>>;
  #held: Uint8Array<ArrayBuffer> = new Uint8Array(0);

  constructor(source: ReadableStream<Uint8Array<ArrayBuffer>>) {
    this.#source = source.getReader();
  }

  /** The first message, which has no letter. @returns undefined when the client is gone */
  async start(): Promise<DataView | undefined> {
    const bytes = await this.#take(0, MAX_START_BYTES);
    return bytes && new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /**
   * The next message.
   * @param most bytes that it may have
   * @returns undefined when the client is gone
   */
  async next(most = MAX_FRAME_BYTES): Promise<Frame | undefined> {
    const bytes = await this.#take(1, most);
    return bytes && { type: String.fromCharCode(bytes[0]!), bytes };
  }

  async #take(offset: number, most: number): Promise<Uint8Array<ArrayBuffer> | undefined> {
    if (!await this.#hold(offset + 4)) return undefined;
    const end = offset + lengthAt(this.#held, offset, most);
    if (!await this.#hold(end)) return undefined;
    const bytes = this.#held.slice(0, end);
    this.#held = this.#held.subarray(end);
    return bytes;
  }

  /** Reads until so many bytes are there; false when they never will be. */
  async #hold(wanted: number): Promise<boolean> {
    const parts = [this.#held];
    let length = this.#held.length;
    while (length < wanted) {
      const { value, done } = await this.#source.read();
      if (done) return false;
      parts.push(value);
      length += value.length;
    }
    if (parts.length > 1) this.#held = concatBytes(parts);
    return true;
  }
}

function lengthAt(bytes: Uint8Array, offset: number, most: number): number {
  const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(offset);
  if (length < 4 || length > most) throw new RangeError(`a message of ${length} bytes`);
  return length;
}

/** The first text of a `Query`, the second of a `Parse`: the SQL. */
export function textOf({ type, bytes }: Frame): string {
  const start = type === "P" ? bytes.indexOf(0, 5) + 1 : 5;
  return new TextDecoder().decode(bytes.subarray(start, bytes.indexOf(0, start)));
}

/** Parts of a message: numbers are 32 bits wide, texts end with a zero. */
export type Part = number | string | Uint8Array;

/** A message to a client. */
export function frame(type: string, ...parts: Part[]): Uint8Array<ArrayBuffer> {
  const encoded = parts.map(encode);
  const length = encoded.reduce((sum, part) => sum + part.length, 4);
  return concatBytes([new TextEncoder().encode(type), encode(length), ...encoded]);
}

function encode(part: Part): Uint8Array {
  if (part instanceof Uint8Array) return part;
  if (typeof part === "string") return new TextEncoder().encode(`${part}\0`);
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setInt32(0, part);
  return bytes;
}

/** An `ErrorResponse`. */
export function errorFrame(
  { severity = "ERROR", sqlstate, message, hint }: {
    severity?: "ERROR" | "FATAL";
    sqlstate: string;
    message: string;
    hint?: string;
  },
): Uint8Array<ArrayBuffer> {
  const fields = [`S${severity}`, `V${severity}`, `C${sqlstate}`, `M${message}`];
  if (hint) fields.push(`H${hint}`);
  return frame("E", ...fields, new Uint8Array(1));
}

/** An `ErrorResponse` after which the connection ends. */
export function fatalFrame(
  fields: Omit<Parameters<typeof errorFrame>[0], "severity">,
): Uint8Array<ArrayBuffer> {
  return errorFrame({ ...fields, severity: "FATAL" });
}

/** What {@link errorFrame} says of an error. */
export function errorFields(
  error: DatabaseError | ApiError,
): Omit<Parameters<typeof errorFrame>[0], "severity"> {
  if (error instanceof DatabaseError) return error.fields;
  return { sqlstate: "53300", message: error.message, hint: error.nextActions };
}

/** A `NoticeResponse`. */
export function noticeFrame(message: string): Uint8Array<ArrayBuffer> {
  return frame("N", "SNOTICE", "VNOTICE", "C00000", `M${message}`, new Uint8Array(1));
}

/** `ReadyForQuery` outside a transaction. */
export const idle: Uint8Array<ArrayBuffer> = frame("Z", new TextEncoder().encode("I"));
