import { writeAll } from "../files/atomic.ts";
import { STATE_FILES } from "../shared/contract/state.ts";

/** Bytes with which PostgreSQL recovers and a server starts on a disk that is full. */
const SIZE = 16 * 1024 ** 2;
/** Bytes written at a time; the most that random values are given at once. */
const BLOCK = 64 * 1024;

/**
 * Room on the disk that is kept for a start: without it a database that was killed on a full disk
 * could not be opened again, not even to be read.
 */
export class Reserve {
  readonly #path: string;
  #isReleased = false;

  constructor(dataDir: string) {
    this.#path = `${dataDir}/${STATE_FILES.reserve}`;
  }

  /** Gives the room back, until the next start. @returns false when there was none */
  async release(): Promise<boolean> {
    const isReleased = await this.#remove();
    this.#isReleased ||= isReleased;
    return isReleased;
  }

  /** Takes the room, unless it is taken, or there is none, or somebody needs it just now. */
  async make(): Promise<void> {
    if (this.#isReleased) return;
    const { size } = await Deno.lstat(this.#path).catch(() => ({ size: 0 }));
    if (size === SIZE) return;
    await this.#remove();
    try {
      using file = await Deno.open(this.#path, { write: true, createNew: true, mode: 0o600 });
      // File systems that compress give no room to what repeats.
      for (let end = 0; end < SIZE; end += BLOCK) {
        await writeAll(file, crypto.getRandomValues(new Uint8Array(BLOCK)));
      }
    } catch {
      await this.#remove();
    }
  }

  #remove(): Promise<boolean> {
    return Deno.remove(this.#path).then(() => true, () => false);
  }
}
