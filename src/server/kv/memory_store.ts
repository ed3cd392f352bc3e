import { apply, type Entries, versionstampOf } from "./apply.ts";
import type { AtomicWrite, Entry, ReadRange, WriteOutcome } from "./messages.ts";
import type { KvStore } from "./store.ts";

/** A store that lasts as long as its process, for functions that no backend runs. */
export class MemoryKvStore implements KvStore {
  readonly #entries: Entries = new Map();
  readonly #hearers = new Set<() => void>();
  #version = 0;

  read(ranges: readonly ReadRange[]): Promise<Entry[][]> {
    this.#dropExpired();
    return Promise.resolve(ranges.map((range) => this.#range(range)));
  }

  write(write: AtomicWrite): Promise<WriteOutcome> {
    this.#dropExpired();
    const outcome = apply(write, this.#entries, versionstampOf(++this.#version));
    if ("versionstamp" in outcome) { for (const hear of this.#hearers) hear(); }
    return Promise.resolve(outcome);
  }

  onChange(hear: () => void): Promise<() => void> {
    this.#hearers.add(hear);
    return Promise.resolve(() => void this.#hearers.delete(hear));
  }

  #range({ start, end, limit, reverse }: ReadRange): Entry[] {
    const found = this.#entries.values()
      .filter((entry) => entry !== undefined)
      .filter(({ key }) => key >= start && key < end)
      .toArray()
      .sort((a, b) => a.key < b.key ? -1 : 1);
    return (reverse ? found.reverse() : found).slice(0, limit);
  }

  #dropExpired(): void {
    const now = Date.now();
    for (const [key, entry] of this.#entries) {
      if (!entry || entry.expiresAt && entry.expiresAt <= now) this.#entries.delete(key);
    }
  }
}
