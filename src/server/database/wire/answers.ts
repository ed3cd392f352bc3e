/** The messages that are read: `ReadyForQuery`, and `CommandComplete` with its tag. */
const READ = [..."ZC"].map((type) => type.charCodeAt(0));
/** As many of their bytes as tell what matters. */
const MOST_BYTES = 16;

/**
 * Follows what PostgreSQL says, in pieces of any size, for the few facts that a server must know.
 */
export class AnswerFollower {
  /** Of `ReadyForQuery`: `I` outside a transaction, `T` in one, `E` in one that failed. */
  status: "I" | "T" | "E" = "I";
  /** Whether the last thing said was that it is ready. */
  isReady = false;
  /** Whether what was done last was rolled back, by itself or for an error. */
  isUndone = false;
  #header: number[] = [];
  #body: number[] = [];
  #left = 0;

  read(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length;) {
      if (this.#header.length < 5) {
        this.#header.push(bytes[at++]!);
        if (this.#header.length === 5) this.#left = this.#length() - 4;
      } else {
        const taken = Math.min(this.#left, bytes.length - at);
        if (READ.includes(this.#header[0]!)) {
          const wanted = Math.min(taken, MOST_BYTES - this.#body.length);
          this.#body.push(...bytes.subarray(at, at + wanted));
        }
        this.#left -= taken;
        at += taken;
      }
      if (this.#header.length < 5 || this.#left > 0) continue;
      this.#note(String.fromCharCode(this.#header[0]!));
      this.#header = [];
      this.#body = [];
    }
  }

  #note(type: string): void {
    const text = String.fromCharCode(...this.#body);
    this.isReady = type === "Z";
    if (type === "Z") this.status = text as "I";
    if (type === "E") this.isUndone = true;
    if (type === "C") this.isUndone = text === "ROLLBACK\0";
  }

  #length(): number {
    const [, a, b, c, d] = this.#header;
    return ((a! << 24) | (b! << 16) | (c! << 8) | d!) >>> 0;
  }
}
