import type { PresenceMember } from "@insforge/shared-schemas";
import { DatabaseError } from "../http/api_error.ts";
import { identify } from "../http/identify.ts";
import type { Identity } from "../http/identity.ts";
import { maySubscribe, storeMessage } from "./channel_access.ts";
import type { Database } from "../database/client.ts";
import type { Keys } from "../keys/keys.ts";
import type { Logger } from "../logs/log_file.ts";
import { Socket, type SocketHandler } from "./socket.ts";

/** Requests of one client that may wait for the database, and the characters of them all. */
const MAX_WAITING = 1000;
const MAX_WAITING_LENGTH = 32 * 1024 ** 2;
/** Characters of a channel's name: it is kept for as long as somebody is in the channel. */
const MAX_CHANNEL_LENGTH = 1024;
/** Channels that one client may be in. */
const MAX_CHANNELS = 500;

/** What a client needs of the backend. */
export interface ClientBackend {
  readonly database: Database;
  readonly keys: Keys;
  readonly logger: Logger;
  clock(): Date;
}

/** Where clients meet. */
interface Rooms {
  join(channel: string, client: Client): void;
  leave(channel: string, client: Client): void;
  remove(client: Client): void;
  members(channel: string): PresenceMember[];
}

/** A connected app: whom it acts for, what it has subscribed to (contract section 17.2). */
export class Client implements SocketHandler {
  readonly channels = new Set<string>();
  readonly #backend: ClientBackend;
  readonly #rooms: Rooms;
  readonly #socket: Socket;
  #identity: Identity = { role: "anon" };
  #waiting = 0;
  #waitingLength = 0;
  #isGone = false;

  constructor(backend: ClientBackend, rooms: Rooms, socket: WebSocket) {
    this.#backend = backend;
    this.#rooms = rooms;
    this.#socket = new Socket(socket, this);
  }

  get id(): string {
    return this.#socket.id;
  }

  /** As whom the others see it: a user, or a socket that nobody knows. */
  get presence(): Pick<PresenceMember, "type" | "presenceId"> {
    const { userId } = this.#identity;
    return userId
      ? { type: "user", presenceId: userId }
      : { type: "anonymous", presenceId: this.id };
  }

  sendText(text: string): void {
    this.#socket.sendText(text);
  }

  close(): void {
    this.#socket.close("away", "The server is shutting down");
  }

  async connect({ apiKey, token }: Record<string, unknown>): Promise<void> {
    const { keys } = this.#backend;
    if (apiKey) {
      if (!keys.isApiKey(String(apiKey))) throw new Error("Invalid API key");
      this.#identity = { role: "project_admin" };
    } else if (typeof token !== "string" || token === "") {
      throw new Error("No authentication provided");
    } else if (token.startsWith("ik_")) {
      throw new Error("Invalid authentication: an API key goes into auth.apiKey");
    } else {
      this.#identity = await identify(token, keys);
    }
  }

  event(
    name: string,
    [request]: readonly unknown[],
    acknowledge: (answer: unknown) => void,
    length: number,
  ): void {
    const { channel, event, payload } = fields(request);
    if (name === "realtime:unsubscribe") return this.#unsubscribe(channel);
    if (name !== "realtime:subscribe" && name !== "realtime:publish") return;
    if (this.#waiting >= MAX_WAITING || this.#waitingLength > MAX_WAITING_LENGTH) {
      return this.#socket.close("policy", "Too many requests wait for their answer");
    }
    this.#waiting++;
    this.#waitingLength += length;
    const done = name === "realtime:subscribe"
      ? this.#subscribe(channel).then(acknowledge)
      : this.#publish(channel, event, payload);
    done.finally(() => {
      this.#waiting--;
      this.#waitingLength -= length;
    });
  }

  disconnect(reason: string): void {
    this.#isGone = true;
    this.#rooms.remove(this);
    this.#backend.logger.info("A socket left", { socket: this.id, reason });
  }

  async #subscribe(channel: string): Promise<unknown> {
    const refusal = (message: string, code = "REALTIME_UNAUTHORIZED") => ({
      ok: false,
      channel: channel.slice(0, MAX_CHANNEL_LENGTH),
      error: { code, message },
    });
    if (channel.length > MAX_CHANNEL_LENGTH) {
      return refusal(`A channel's name has ${MAX_CHANNEL_LENGTH} characters at most`);
    }
    try {
      if (!await maySubscribe(this.#backend.database, channel, this.#identity)) {
        return refusal("Not authorized to subscribe to this channel");
      }
    } catch (error) {
      this.#backend.logger.error("Subscribing failed", { channel, error: String(error) });
      const message = "Failed to subscribe to channel";
      return { ok: false, channel, error: { code: "INTERNAL_ERROR", message } };
    }
    if (this.channels.size >= MAX_CHANNELS && !this.channels.has(channel)) {
      return refusal(`A client is in ${MAX_CHANNELS} channels at most`, "RATE_LIMITED");
    }
    if (!this.#isGone) {
      this.channels.add(channel);
      this.#rooms.join(channel, this);
    }
    return { ok: true, channel, presence: { members: this.#rooms.members(channel) } };
  }

  #unsubscribe(channel: string): void {
    if (this.channels.delete(channel)) this.#rooms.leave(channel, this);
  }

  async #publish(channel: string, event: string, payload: unknown): Promise<void> {
    if (!this.channels.has(channel)) {
      const message = "Must subscribe to channel before publishing messages";
      return this.#refuse(channel, "REALTIME_NOT_SUBSCRIBED", message);
    }
    const unauthorized = "Not authorized to publish to this channel";
    try {
      const message = { channel, event, payload: payload ?? {} };
      const isStored = await storeMessage(this.#backend.database, message, this.#identity);
      if (!isStored) this.#refuse(channel, "REALTIME_UNAUTHORIZED", unauthorized);
    } catch (error) {
      if (error instanceof DatabaseError && error.sqlstate === "42501") {
        return this.#refuse(channel, "REALTIME_UNAUTHORIZED", unauthorized);
      }
      this.#backend.logger.error("Publishing failed", { channel, error: String(error) });
      const reason = error instanceof DatabaseError ? `: ${error.message}` : "";
      this.#refuse(channel, "INTERNAL_ERROR", `Failed to publish message${reason}`);
    }
  }

  #refuse(channel: string, code: string, message: string): void {
    this.#socket.emit("realtime:error", { channel, code, message });
  }
}

/** The fields of a request that may be anything. */
function fields(request: unknown): { channel: string; event: string; payload: unknown } {
  const { channel, event, payload } = Object(request) as Record<string, unknown>;
  return { channel: text(channel), event: text(event), payload };
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}
