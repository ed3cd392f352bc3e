/**
 * Follows what PostgreSQL says, in pieces of any size, for the few facts that a server must know.
 */
export class AnswerFollower {
  /** Of `ReadyForQuery`: `I` outside a transaction, `T` in one, `E` in one that failed. */
  status: "I" | "T" | "E" = "I";
  /** Whether the last thing said was that it is ready. */
  isReady = false;
  #header: number[] = [];
  #left = 0;

  read(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length;) {
      if (this.#header.length < 5) {
        this.#header.push(bytes[at++]!);
        if (this.#header.length === 5) this.#left = this.#length() - 4;
      } else {
        if (this.#header[0] === READY) this.status = String.fromCharCode(bytes[at]!) as "I";
        this.isReady = this.#header[0] === READY;
        const taken = Math.min(this.#left, bytes.length - at);
        this.#left -= taken;
        at += taken;
      }
      if (this.#header.length === 5 && this.#left === 0) this.#header = [];
    }
  }

  #length(): number {
    const [, a, b, c, d] = this.#header;
    return ((a! << 24) | (b! << 16) | (c! << 8) | d!) >>> 0;
  }
}

const READY = "Z".charCodeAt(0);
