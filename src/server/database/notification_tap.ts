import { concatBytes } from "../http/bytes.ts";
import type { NotificationListener } from "./messages.ts";

/** Type byte and length, which every message begins with; the length counts itself but not the type. */
const HEADER_LENGTH = 5;
const NOTIFICATION = "A".charCodeAt(0);
const decoder = new TextDecoder();

/**
 * Takes the notifications of one channel out of what PostgreSQL says to a client, which did not ask
 * for them; everything else goes on as it comes.
 */
export class NotificationTap {
  readonly #channel: string;
  readonly #listener: NotificationListener;
  /** The beginning of a message that cannot be judged yet. */
  #kept = new Uint8Array();
  /** Bytes that are to come of a message which has begun to go on. */
  #left = 0;

  constructor(channel: string, listener: NotificationListener) {
    this.#channel = channel;
    this.#listener = listener;
  }

  /** Takes the next bytes. @returns those that go on */
  take(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
    if (this.#left >= bytes.length) {
      this.#left -= bytes.length;
      return bytes;
    }
    if (this.#kept.length) bytes = concatBytes([this.#kept, bytes]);
    this.#kept = new Uint8Array();
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    const passed: Uint8Array[] = [];
    let from = 0;
    let at = this.#left;
    for (let end = 0; at < bytes.length; at = end) {
      const isHeaderThere = at + HEADER_LENGTH <= bytes.length;
      end = isHeaderThere ? at + 1 + view.getUint32(at + 1) : Infinity;
      const isNotification = bytes[at] === NOTIFICATION;
      if (end > bytes.length && (isNotification || !isHeaderThere)) {
        this.#kept = bytes.slice(at);
        break;
      }
      if (isNotification && this.#isMine(bytes.subarray(at + HEADER_LENGTH, end))) {
        passed.push(bytes.subarray(from, at));
        from = end;
      }
    }
    this.#left = Math.max(at - bytes.length, 0);
    passed.push(bytes.subarray(from, bytes.length - this.#kept.length));
    return concatBytes(passed);
  }

  /** Reads the body of a notification: the sender's process id, the channel, the payload. */
  #isMine(body: Uint8Array): boolean {
    const [channel, payload] = decoder.decode(body.subarray(4)).split("\0");
    if (channel !== this.#channel) return false;
    this.#listener(channel, payload!);
    return true;
  }
}
