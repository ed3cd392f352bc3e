import type { LocalBackend } from "../services.ts";
import type { Hub } from "./hub.ts";
import type { Message } from "./message.ts";
import { Webhooks } from "./webhooks.ts";

/** How many messages are read from the database at once; each may be a megabyte. */
const BATCH = 20;
/** Characters of a message after which sockets get a moment to write it. */
const LARGE = 64 * 1024;

/**
 * Brings each message that the database tells of to the sockets of its channel and to its webhooks,
 * in the order in which they were committed, and notes to how many.
 */
export class Delivery {
  readonly #backend: LocalBackend;
  readonly #hub: Hub;
  readonly #webhooks: Webhooks;
  #ids: string[] = [];
  #isBusy = false;

  constructor(backend: LocalBackend, hub: Hub) {
    this.#backend = backend;
    this.#hub = hub;
    this.#webhooks = new Webhooks(backend);
  }

  /** Takes the id of a message that was committed. */
  add(id: string): void {
    this.#ids.push(id);
    if (this.#isBusy) return;
    this.#isBusy = true;
    this.#backend.jobs.run("Delivering messages", async (signal) => {
      try {
        while (this.#ids.length > 0 && !signal.aborted) {
          await this.#deliver(this.#ids.splice(0, BATCH)).catch((error) =>
            this.#backend.logger.error("Messages were not delivered", { error: String(error) })
          );
        }
      } finally {
        this.#isBusy = false;
      }
    });
  }

  async #deliver(ids: readonly string[]): Promise<void> {
    const { rows } = await this.#backend.database.query<Message>(
      `SELECT m.id, m.event_name AS "eventName", m.channel_name AS "channelName", m.payload,
         m.sender_type AS "senderType", m.sender_id AS "senderId", c.webhook_urls AS "webhookUrls"
       FROM unnest($1::uuid[]) WITH ORDINALITY AS told (id, position)
       JOIN realtime.messages m ON m.id = told.id JOIN realtime.channels c ON c.id = m.channel_id
       WHERE c.enabled ORDER BY told.position`,
      [ids],
    );
    const noted: { id: string; sockets: number; webhooks: number }[] = [];
    for (const message of rows) {
      const sockets = this.#hub.audience(message.channelName);
      const webhooks = message.webhookUrls?.length ?? 0;
      if (sockets && this.#broadcast(message) > LARGE) await moment();
      if (sockets || webhooks) noted.push({ id: message.id, sockets, webhooks });
    }
    if (noted.length) await this.#note(noted);
    for (const message of rows.filter(({ webhookUrls }) => webhookUrls?.length)) {
      this.#webhooks.send(message, (delivered) => this.#noteDelivered(message, delivered));
    }
  }

  #broadcast({ id, channelName, eventName, payload, senderType, senderId }: Message): number {
    return this.#hub.broadcast(channelName, eventName, payload, {
      // Messages name the room, as the real backend's do; presence names the channel.
      channel: `realtime:${channelName}`,
      messageId: id,
      senderType,
      senderId: senderId ?? undefined,
    });
  }

  async #note(noted: readonly { id: string; sockets: number; webhooks: number }[]): Promise<void> {
    await this.#backend.database.query(
      `UPDATE realtime.messages m SET ws_audience_count = n.sockets, wh_audience_count = n.webhooks
       FROM unnest($1::uuid[], $2::int[], $3::int[]) AS n (id, sockets, webhooks)
       WHERE m.id = n.id`,
      [
        noted.map(({ id }) => id),
        noted.map(({ sockets }) => sockets),
        noted.map(({ webhooks }) => webhooks),
      ],
    );
  }

  async #noteDelivered({ id }: Message, delivered: number): Promise<void> {
    await this.#backend.database.query(
      "UPDATE realtime.messages SET wh_delivered_count = $2 WHERE id = $1",
      [id, delivered],
    );
  }
}

/** Lets everything else have its turn. */
function moment(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve));
}
