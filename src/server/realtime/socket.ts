import type { Timer } from "../../core/timer.ts";
import {
  decodePacket,
  encodePacket,
  ENGINE,
  type EventData,
  isEventData,
  PACKET,
  type Packet,
} from "../../shared/realtime/packets.ts";

/** How often a socket is asked whether it is there, and how long its answer may take. */
const PING_INTERVAL_MS = 25_000;
const PING_TIMEOUT_MS = 20_000;
/** Milliseconds that a client has to say who it is. */
const CONNECT_TIMEOUT_MS = 45_000;
/** Characters of the largest message that a client may send. */
const MAX_MESSAGE_LENGTH = 1_000_000;
/** Bytes that may wait for a client that reads too slowly. */
const MAX_WAITING_BYTES = 16 * 1024 * 1024;
/** Codes of RFC 6455 for why a WebSocket is closed. */
const CLOSE = { away: 1001, invalid: 1002, policy: 1008, large: 1009, later: 1013 } as const;

/** What is behind a socket, told of what its client does. */
export interface SocketHandler {
  /** Decides who this is. @throws {Error} whose message the client is told */
  connect(auth: Record<string, unknown>): Promise<void>;
  /** @param length of its message, in characters */
  event(
    name: string,
    values: readonly unknown[],
    acknowledge: (answer: unknown) => void,
    length: number,
  ): void;
  disconnect(reason: string): void;
}

/**
 * One client of Socket.IO on a WebSocket: handshake, heartbeat, events (contract section 17.1). It
 * never waits for its reader: one that is too slow is let go.
 */
export class Socket {
  readonly id = newId();
  readonly #socket: WebSocket;
  readonly #handler: SocketHandler;
  #timer: Timer | undefined;
  #state: "new" | "connecting" | "connected" | "closed" = "new";

  constructor(socket: WebSocket, handler: SocketHandler) {
    this.#socket = socket;
    this.#handler = handler;
    socket.onopen = () => this.#open();
    socket.onmessage = ({ data }) => this.#receive(data);
    socket.onclose = () => this.#end("transport close");
    // The end follows.
    socket.onerror = () => {};
  }

  emit(...event: EventData): void {
    this.sendText(encodePacket({ type: PACKET.event, data: event }));
  }

  /** Sends the text of a message, which many sockets may share. */
  sendText(text: string): void {
    if (this.#state === "closed" || this.#socket.readyState !== WebSocket.OPEN) return;
    if (this.#socket.bufferedAmount > MAX_WAITING_BYTES) {
      return this.close("later", "Messages came faster than they were read");
    }
    this.#socket.send(text);
  }

  /** Ends the connection. @param reason at most 120 bytes, which the client is told */
  close(code: keyof typeof CLOSE, reason: string): void {
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.close(CLOSE[code], reason);
    this.#end(reason);
  }

  #open(): void {
    const hello = {
      sid: newId(),
      upgrades: [],
      pingInterval: PING_INTERVAL_MS,
      pingTimeout: PING_TIMEOUT_MS,
      maxPayload: MAX_MESSAGE_LENGTH,
    };
    this.#socket.send(ENGINE.open + JSON.stringify(hello));
    this.#expect(CONNECT_TIMEOUT_MS, "Nobody said who this is");
  }

  /** Ends the connection unless something is heard in time. */
  #expect(timeout: number, reason: string): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.close("policy", reason), timeout);
  }

  #pingLater(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.sendText(ENGINE.ping);
      if (this.#state !== "closed") this.#expect(PING_TIMEOUT_MS, "ping timeout");
    }, PING_INTERVAL_MS);
  }

  #receive(data: unknown): void {
    if (this.#state === "closed") return;
    if (typeof data !== "string") return this.close("invalid", "Binary data is not part of it");
    if (data.length > MAX_MESSAGE_LENGTH) return this.close("large", "The message is too large");
    // Before it is known whose it is, nothing keeps a connection.
    if (data === ENGINE.pong) return this.#state === "connected" ? this.#pingLater() : undefined;
    if (data === ENGINE.close) return this.close("away", "transport close");
    try {
      this.#take(decodePacket(data), data.length);
    } catch {
      this.close("invalid", "This is no packet of Socket.IO");
    }
  }

  #take(packet: Packet, length: number): void {
    if (packet.namespace !== undefined) {
      const data = { message: "Invalid namespace" };
      return this.#send({ type: PACKET.connectError, namespace: packet.namespace, data });
    }
    if (packet.type === PACKET.connect && this.#state === "new") {
      this.#state = "connecting";
      return void this.#connect(packet.data);
    }
    if (this.#state !== "connected") return;
    if (packet.type === PACKET.disconnect) return this.close("away", "client namespace disconnect");
    if (packet.type !== PACKET.event || !isEventData(packet.data)) return;
    const [name, ...values] = packet.data;
    const { id } = packet;
    this.#handler.event(name, values, (answer) => {
      if (id !== undefined) this.#send({ type: PACKET.ack, id, data: [answer] });
    }, length);
  }

  async #connect(auth: unknown): Promise<void> {
    try {
      await this.#handler.connect(typeof auth === "object" ? { ...auth } : {});
      if (this.#state !== "connecting") return;
      this.#state = "connected";
      this.#send({ type: PACKET.connect, data: { sid: this.id } });
      this.#pingLater();
    } catch (error) {
      if (this.#state !== "connecting") return;
      this.#state = "new";
      this.#send({ type: PACKET.connectError, data: { message: (error as Error).message } });
    }
  }

  #send(packet: Packet): void {
    this.sendText(encodePacket(packet));
  }

  #end(reason: string): void {
    if (this.#state === "closed") return;
    this.#state = "closed";
    clearTimeout(this.#timer);
    this.#handler.disconnect(reason);
  }
}

/** A text that nobody can guess. */
function newId(): string {
  return crypto.getRandomValues(new Uint8Array(15)).toBase64({ alphabet: "base64url" });
}
