import type { AtomicWrite, Entry, Key, ReadRange, WriteOutcome } from "./messages.ts";

/** A key-value store, as functions see it by `Deno.openKv`. */
export interface KvStore {
  /** The entries of each range, all of one moment, without those that have expired. */
  read(ranges: readonly ReadRange[]): Promise<Entry[][]>;
  write(write: AtomicWrite): Promise<WriteOutcome>;
  /** Calls back after writes, whoever made them, until what it answers is called. */
  onChange(hear: () => void): Promise<() => void>;
}

/** The range that holds one key and no other. */
export function only(key: Key): ReadRange {
  return { start: key, end: `${key}00`, limit: 1, reverse: false };
}
