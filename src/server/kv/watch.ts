import type { Timer } from "../../core/timer.ts";
import { type Entry, type Key, writeWatchOutput } from "./messages.ts";
import { type KvStore, only } from "./store.ts";

/**
 * Milliseconds after which a watcher looks again unasked: what was notified while a connection was
 * lost is not heard. The empty message then tells whether anybody still reads.
 */
const LOOK_MS = 5_000;

/** What lies under each key. */
type Seen = readonly (Entry | undefined)[];

/**
 * What lies under some keys, at once and after each change, in frames of KV Connect: their length
 * in four bytes, the least first, and a message. Changes that follow each other closely are one.
 * @param signal ends it, as its reader can
 */
export function watch(
  store: KvStore,
  keys: readonly Key[],
  signal: AbortSignal,
): ReadableStream<Uint8Array> {
  const news = new News();
  let seen: Seen | undefined;
  const forgotten = store.onChange(() => news.tell());
  const end = () => {
    news.end();
    signal.removeEventListener("abort", end);
    forgotten.then((forget) => forget(), () => {});
  };
  signal.addEventListener("abort", end);
  if (signal.aborted) end();
  return new ReadableStream({
    async pull(stream) {
      await forgotten;
      for (let isQuiet = false; !news.isOver;) {
        if (seen) isQuiet = !await news.come();
        const now = (await store.read(keys.map(only))).map(([entry]) => entry);
        if (news.isOver) break;
        const isOld = seen !== undefined && isSame(seen, now);
        if (isOld && !isQuiet) continue;
        stream.enqueue(frame(isOld ? new Uint8Array() : changes(seen, now)));
        seen = now;
        return;
      }
      if (signal.aborted) stream.close();
    },
    cancel: end,
  });
}

/** Whether something may have changed since somebody last asked. */
class News {
  isOver = false;
  #isThere = false;
  #wake = () => {};

  tell(): void {
    this.#isThere = true;
    this.#wake();
  }

  end(): void {
    this.isOver = true;
    this.#wake();
  }

  /** Waits for some; false when it was in vain. */
  async come(): Promise<boolean> {
    if (!this.#isThere && !this.isOver) {
      let timer: Timer | undefined;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
        timer = setTimeout(resolve, LOOK_MS);
      });
      clearTimeout(timer);
    }
    const isThere = this.#isThere;
    this.#isThere = false;
    return isThere;
  }
}

function changes(before: Seen | undefined, now: Seen) {
  return writeWatchOutput(
    now.map((entry, index) => before && isSame([before[index]], [entry]) ? "unchanged" : entry),
  );
}

function isSame(before: Seen, now: Seen): boolean {
  return now.every((entry, index) => entry?.versionstamp === before[index]?.versionstamp);
}

function frame(message: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(4 + message.length);
  new DataView(bytes.buffer).setUint32(0, message.length, true);
  bytes.set(message, 4);
  return bytes;
}
