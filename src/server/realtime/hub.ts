import type { PresenceMember } from "@insforge/shared-schemas";
import { encodePacket, type EventData, PACKET } from "../../shared/realtime/packets.ts";
import { Client, type ClientBackend } from "./client.ts";
import { Presence } from "./presence.ts";

/** Who sent a message, and which one it is. */
export interface MessageMeta {
  channel: string;
  messageId?: string;
  senderType: "system" | "user";
  senderId?: string;
}

/** Sockets at a time: each costs a file of the system, and memory. */
const MAX_CLIENTS = 1000;

/** The sockets that are connected, and the channels that they have subscribed to. */
export class Hub {
  readonly #backend: ClientBackend;
  readonly #clients = new Set<Client>();
  readonly #channels = new Map<string, Set<Client>>();
  readonly #presence = new Presence();

  constructor(backend: ClientBackend) {
    this.#backend = backend;
  }

  /** Whether no other client can be taken in. */
  get isFull(): boolean {
    return this.#clients.size >= MAX_CLIENTS;
  }

  /** Takes a new client in. */
  accept(socket: WebSocket): void {
    this.#clients.add(new Client(this.#backend, this, socket));
  }

  /** How many clients have subscribed to a channel. */
  audience(channel: string): number {
    return this.#channels.get(channel)?.size ?? 0;
  }

  /** Who is in a channel. */
  members(channel: string): PresenceMember[] {
    return this.#presence.members(channel);
  }

  /** Adds a client to a channel, and tells those who are in it of a new member. */
  join(channel: string, client: Client): void {
    const clients = this.#channels.get(channel) ?? new Set();
    this.#channels.set(channel, clients.add(client));
    const joinedAt = this.#backend.clock().toISOString();
    const member: PresenceMember = { ...client.presence, joinedAt };
    if (this.#presence.join(channel, client.id, member)) {
      this.#tellOthers("presence:join", channel, member, client);
    }
  }

  /** Takes a client out of a channel, and tells those who stay. */
  leave(channel: string, client: Client): void {
    const clients = this.#channels.get(channel);
    clients?.delete(client);
    if (clients?.size === 0) this.#channels.delete(channel);
    const left = this.#presence.leave(channel, client.id, client.presence.presenceId);
    if (left) this.#tellOthers("presence:leave", channel, left, client);
  }

  /** Forgets a client that is gone. */
  remove(client: Client): void {
    this.#clients.delete(client);
    for (const channel of client.channels) this.leave(channel, client);
  }

  /**
   * Sends a message to all who have subscribed to a channel; it is encoded once.
   * @returns how long it is, in characters
   */
  broadcast(channel: string, event: string, payload: object, meta: MessageMeta): number {
    return this.#send(channel, this.#message(event, payload, meta));
  }

  /** Lets all clients go. */
  close(): void {
    for (const client of [...this.#clients]) client.close();
  }

  #tellOthers(event: string, channel: string, member: PresenceMember, client: Client): void {
    this.#send(
      channel,
      this.#message(event, { member }, { channel, senderType: "system" }),
      client,
    );
  }

  #send(channel: string, event: EventData, except?: Client): number {
    const text = encodePacket({ type: PACKET.event, data: event });
    // One that is too slow leaves meanwhile.
    for (const client of [...this.#channels.get(channel) ?? []]) {
      if (client !== except) client.sendText(text);
    }
    return text.length;
  }

  #message(event: string, payload: object, meta: MessageMeta): EventData {
    const messageId = meta.messageId ?? crypto.randomUUID();
    const timestamp = this.#backend.clock().toISOString();
    return [event, { ...payload, meta: { ...meta, messageId, timestamp } }];
  }
}
