/**
 * The messages of the KV Connect protocol, version 3, by which Deno's own client of its key-value
 * store speaks to a server: `proto/kv-connect.md` and `proto/schema/datapath.proto` of denokv's
 * repository.
 */
import { Message, MessageWriter } from "./protobuf.ts";

type Bytes = Uint8Array<ArrayBuffer>;

/** Keys, as Deno orders and encodes them, in hexadecimal: their order stays. */
export type Key = string;

/** The change that wrote a value: 20 hexadecimal digits, as functions see it. */
export type Versionstamp = string;

/** How the bytes of a value are to be read. */
export const ENCODING = { v8: 1, le64: 2, bytes: 3 } as const;

export interface Entry {
  readonly key: Key;
  readonly value: Bytes;
  /** One of {@link ENCODING}. */
  readonly encoding: number;
  readonly versionstamp: Versionstamp;
  /** Milliseconds since 1970, where it ends. */
  readonly expiresAt?: number;
}

export interface ReadRange {
  readonly start: Key;
  /** The first key that is no part of it. */
  readonly end: Key;
  readonly limit: number;
  /** Whether the last come first. */
  readonly reverse: boolean;
}

export type MutationKind = "set" | "delete" | "sum" | "max" | "min" | "setVersionstampedKey";

export interface Mutation {
  readonly kind: MutationKind;
  readonly key: Key;
  readonly value: Bytes;
  readonly encoding: number;
  readonly expiresAt?: number;
}

/** Mutations that are done together, or none of them when a check fails. */
export interface AtomicWrite {
  /** Without a versionstamp there must be no value. */
  readonly checks: readonly { readonly key: Key; readonly versionstamp?: Versionstamp }[];
  readonly mutations: readonly Mutation[];
}

/** What became of an atomic write. */
export type WriteOutcome =
  | { readonly versionstamp: Versionstamp }
  | { readonly failedChecks: readonly number[] }
  | { readonly refused: string };

const MUTATIONS: Readonly<Record<number, MutationKind>> = {
  1: "set",
  2: "delete",
  3: "sum",
  4: "max",
  5: "min",
  9: "setVersionstampedKey",
};
const ENCODINGS: readonly number[] = Object.values(ENCODING);
/** Of PostgreSQL's `int`. */
const MOST_ENTRIES = 2 ** 31 - 1;
const READ_SUCCESS = 1;
const WRITE = { success: 1, checkFailure: 2 } as const;

/** @throws {RangeError} for what is no such message, as all that read here */
export function readSnapshotRead(bytes: Bytes): ReadRange[] {
  return new Message(bytes).messages(1).map((range) => ({
    start: range.bytes(1).toHex(),
    end: range.bytes(2).toHex(),
    limit: within(range.number(3), 0, MOST_ENTRIES),
    reverse: range.flag(4),
  }));
}

export function readAtomicWrite(bytes: Bytes): AtomicWrite {
  const message = new Message(bytes);
  if (message.messages(3).length > 0) throw new RangeError("there are no queues here");
  return {
    checks: message.messages(1).map((check) => ({
      key: check.bytes(1).toHex(),
      versionstamp: check.bytes(2).toHex() || undefined,
    })),
    mutations: message.messages(2).map(mutationOf),
  };
}

export function readWatch(bytes: Bytes): Key[] {
  return new Message(bytes).messages(1).map((key) => key.bytes(1).toHex());
}

export function writeSnapshotReadOutput(ranges: readonly (readonly Entry[])[]): Bytes {
  const output = new MessageWriter();
  for (const entries of ranges) {
    const range = new MessageWriter();
    for (const entry of entries) range.bytes(1, entryBytes(entry));
    output.bytes(1, range.finish());
  }
  return output.number(4, true).number(8, READ_SUCCESS).finish();
}

export function writeAtomicWriteOutput(
  outcome: Exclude<WriteOutcome, { refused: string }>,
): Bytes {
  const output = new MessageWriter();
  if ("failedChecks" in outcome) {
    return output.number(1, WRITE.checkFailure).numbers(4, outcome.failedChecks).finish();
  }
  return output.number(1, WRITE.success).bytes(2, Uint8Array.fromHex(outcome.versionstamp))
    .finish();
}

/** @param changes for each watched key what is there now, or `unchanged` */
export function writeWatchOutput(changes: readonly (Entry | undefined | "unchanged")[]): Bytes {
  const output = new MessageWriter().number(1, READ_SUCCESS);
  for (const change of changes) {
    const key = new MessageWriter().number(1, change !== "unchanged");
    if (change && change !== "unchanged") key.bytes(2, entryBytes(change));
    output.bytes(2, key.finish());
  }
  return output.finish();
}

function mutationOf(message: Message): Mutation {
  const kind = MUTATIONS[message.number(3)];
  if (!kind) throw new RangeError("a mutation has no kind");
  const content = new Message(message.bytes(2));
  const [value, encoding] = [content.bytes(1), content.number(2)];
  // The writes of several functions are stored together: what cannot be must not get there.
  if (kind !== "delete" && !ENCODINGS.includes(encoding)) throw new RangeError("no such encoding");
  if (encoding === ENCODING.le64) within(value.length, 8, 8);
  return {
    kind,
    key: message.bytes(1).toHex(),
    value,
    encoding,
    expiresAt: within(message.number(4), Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER) ||
      undefined,
  };
}

/** @throws {RangeError} for a number that is not between these */
function within(number: number, least: number, most: number): number {
  if (number >= least && number <= most) return number;
  throw new RangeError(`${number} is not between ${least} and ${most}`);
}

function entryBytes({ key, value, encoding, versionstamp }: Entry): Bytes {
  return new MessageWriter()
    .bytes(1, Uint8Array.fromHex(key))
    .bytes(2, value)
    .number(3, encoding)
    .bytes(4, Uint8Array.fromHex(versionstamp))
    .finish();
}
