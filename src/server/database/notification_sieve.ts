import type { Notification } from "./messages.ts";
import { HEADER_LENGTH, notificationIn } from "./wire/replies.ts";

const NOTIFICATION = "A".charCodeAt(0);

/** Takes the notifications out of what PostgreSQL says, in pieces of any size. */
export class NotificationSieve {
  readonly #hear: (notification: Notification) => void;
  /** The beginning of a message that may be a notification. */
  #held: Uint8Array<ArrayBuffer> = new Uint8Array(0);
  /** Bytes of a message that are still to come and are none. */
  #left = 0;

  constructor(hear: (notification: Notification) => void) {
    this.#hear = hear;
  }

  /** @returns a copy of all that is no notification */
  sift(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
    const input = new Uint8Array(this.#held.length + bytes.length);
    input.set(this.#held);
    input.set(bytes, this.#held.length);
    const view = new DataView(input.buffer);
    const kept = new Uint8Array(input.length);
    let length = 0;
    let at = 0;
    while (at < input.length) {
      if (this.#left === 0) {
        if (at + HEADER_LENGTH > input.length) break;
        const size = view.getUint32(at + 1) + 1;
        if (input[at] === NOTIFICATION) {
          if (at + size > input.length) break;
          this.#hear(notificationIn(input.subarray(at + HEADER_LENGTH, at + size)));
          at += size;
          continue;
        }
        this.#left = size;
      }
      const part = input.subarray(at, at + this.#left);
      kept.set(part, length);
      length += part.length;
      at += part.length;
      this.#left -= part.length;
    }
    this.#held = input.slice(at);
    return kept.slice(0, length);
  }
}
