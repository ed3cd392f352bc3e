/** The wire format of Protocol Buffers, as far as KV Connect needs it. */
import { concatBytes } from "../../core/bytes.ts";

type Bytes = Uint8Array<ArrayBuffer>;

const WIRE = { varint: 0, fixed64: 1, bytes: 2, fixed32: 5 } as const;

/** A message that was received: its fields by their numbers; what is absent is zero or empty. */
export class Message {
  readonly #fields = new Map<number, (bigint | Bytes)[]>();

  /** @throws {RangeError} for bytes that are no message */
  constructor(bytes: Bytes) {
    const reader = new Reader(bytes);
    while (!reader.isDone) {
      const tag = Number(reader.varint());
      const field = tag >>> 3;
      const value = reader.value(tag & 7);
      if (value === undefined) continue;
      const values = this.#fields.get(field);
      if (values) values.push(value);
      else this.#fields.set(field, [value]);
    }
  }

  /** @throws {RangeError} when it is no number */
  number(field: number): number {
    const value = this.#fields.get(field)?.at(-1) ?? 0n;
    if (typeof value !== "bigint") throw new RangeError(`field ${field} is no number`);
    return Number(BigInt.asIntN(64, value));
  }

  flag(field: number): boolean {
    return this.number(field) !== 0;
  }

  /** @throws {RangeError} when it is a number */
  bytes(field: number): Bytes {
    return bytesOf(this.#fields.get(field)?.at(-1) ?? new Uint8Array(), field);
  }

  /** The messages of a field that repeats. @throws {RangeError} */
  messages(field: number): Message[] {
    return (this.#fields.get(field) ?? []).map((value) => new Message(bytesOf(value, field)));
  }
}

/** Writes a message, field by field. */
export class MessageWriter {
  readonly #parts: Bytes[] = [];

  /** Zero is what an absent field means. */
  number(field: number, value: number | boolean): this {
    if (!value) return this;
    this.#parts.push(varint(field << 3 | WIRE.varint), varint(Number(value)));
    return this;
  }

  bytes(field: number, value: Bytes): this {
    this.#parts.push(varint(field << 3 | WIRE.bytes), varint(value.length), value);
    return this;
  }

  /** Repeated numbers in one field. */
  numbers(field: number, values: readonly number[]): this {
    return values.length === 0 ? this : this.bytes(field, concatBytes(values.map(varint)));
  }

  finish(): Bytes {
    return concatBytes(this.#parts);
  }
}

function bytesOf(value: bigint | Bytes, field: number): Bytes {
  if (typeof value === "bigint") throw new RangeError(`field ${field} is a number`);
  return value;
}

/** @param value a whole number from 0 on */
function varint(value: number): Bytes {
  const bytes: number[] = [];
  for (let rest = value; bytes.length === 0 || rest > 0; rest = Math.floor(rest / 128)) {
    bytes.push(rest % 128 + (rest >= 128 ? 128 : 0));
  }
  return new Uint8Array(bytes);
}

class Reader {
  readonly #bytes: Bytes;
  #at = 0;

  constructor(bytes: Bytes) {
    this.#bytes = bytes;
  }

  get isDone(): boolean {
    return this.#at >= this.#bytes.length;
  }

  varint(): bigint {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const [byte] = this.#take(1);
      value |= BigInt(byte! & 127) << shift;
      if (byte! < 128) return value;
    }
    throw new RangeError("a number is too long");
  }

  /** The value of a field; `undefined` for a kind that no message here has. */
  value(wire: number): bigint | Bytes | undefined {
    if (wire === WIRE.varint) return this.varint();
    if (wire === WIRE.bytes) return this.#take(Number(this.varint()));
    if (wire !== WIRE.fixed64 && wire !== WIRE.fixed32) throw new RangeError("a field has no kind");
    this.#take(wire === WIRE.fixed64 ? 8 : 4);
  }

  #take(length: number): Bytes {
    const end = this.#at + length;
    if (end > this.#bytes.length) throw new RangeError("the message breaks off");
    const taken = this.#bytes.subarray(this.#at, end);
    this.#at = end;
    return taken;
  }
}
