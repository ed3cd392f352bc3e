/** What atomic writes make of the values that are there. */
import {
  type AtomicWrite,
  ENCODING,
  type Entry,
  type Key,
  type Mutation,
  type Versionstamp,
  type WriteOutcome,
} from "./messages.ts";

/** What lies under keys: nothing under those that are `undefined`. */
export type Entries = Map<Key, Entry | undefined>;

/** Bytes of a key after which its versionstamp stands as text, and of that text's end. */
const TEXT = { begins: "02", ends: "00" };

/** The keys whose entries {@link apply} must know. */
export function keysRead({ checks, mutations }: AtomicWrite): Key[] {
  const computed = mutations.filter(({ kind }) => ["sum", "min", "max"].includes(kind));
  return [...checks, ...computed].map(({ key }) => key);
}

/** The versionstamp of the change with this number; later ones are greater. */
export function versionstampOf(version: number): Versionstamp {
  return `${version.toString(16).padStart(16, "0")}0000`;
}

/**
 * Does all of a write in `entries` under this versionstamp, or none of it.
 * @param entries those of {@link keysRead}, at least
 */
export function apply(
  { checks, mutations }: AtomicWrite,
  entries: Entries,
  versionstamp: Versionstamp,
): WriteOutcome {
  const failedChecks = [...checks.keys()].filter((index) => {
    const { key, versionstamp } = checks[index]!;
    return entries.get(key)?.versionstamp !== versionstamp;
  });
  if (failedChecks.length > 0) return { failedChecks };
  const changes: Entries = new Map();
  for (const mutation of mutations) {
    const key = mutation.kind === "setVersionstampedKey"
      ? mutation.key + TEXT.begins + new TextEncoder().encode(versionstamp).toHex() + TEXT.ends
      : mutation.key;
    const before = changes.has(key) ? changes.get(key) : entries.get(key);
    const value = valueAfter(mutation, before);
    if (typeof value === "string") return { refused: value };
    changes.set(key, value && { ...value, key, versionstamp });
  }
  for (const [key, entry] of changes) entries.set(key, entry);
  return { versionstamp };
}

type Value = Pick<Entry, "value" | "encoding" | "expiresAt">;

/** The new value, none, or why there can be no such. */
function valueAfter(
  { kind, value, encoding, expiresAt }: Mutation,
  before: Entry | undefined,
): Value | undefined | string {
  if (kind === "delete") return undefined;
  if (kind === "set" || kind === "setVersionstampedKey") return { value, encoding, expiresAt };
  if (encoding !== ENCODING.le64 || before && before.encoding !== ENCODING.le64) {
    return `Only Deno.KvU64 has a ${kind}, and ${
      encoding === ENCODING.le64 ? "the value that is there" : "what was given"
    } is none`;
  }
  if (!before) return { value, encoding };
  const result = COMPUTED[kind](numberOf(before.value), numberOf(value));
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, BigInt.asUintN(64, result), true);
  return { value: bytes, encoding };
}

const COMPUTED: Readonly<Record<"sum" | "min" | "max", (a: bigint, b: bigint) => bigint>> = {
  sum: (a, b) => a + b,
  min: (a, b) => a < b ? a : b,
  max: (a, b) => a > b ? a : b,
};

function numberOf(bytes: Uint8Array): bigint {
  return new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0, true);
}
