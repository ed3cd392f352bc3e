import type { EngineAddress } from "../engine.ts";
import type { Notification } from "../messages.ts";
import { quoteName } from "../names.ts";
import { PostgresConnection } from "./connection.ts";

/** Milliseconds after which a lost connection is tried again. */
const BETWEEN_TRIES_MS = 1000;

/** Hears notifications, each on a connection of the channel's own. */
export class Listener {
  readonly #address: EngineAddress;
  readonly #channels = new Map<string, Set<(notification: Notification) => void>>();
  readonly #connections = new Map<string, PostgresConnection>();
  #isClosed = false;

  constructor(address: EngineAddress) {
    this.#address = address;
  }

  /** @returns what ends it */
  async listen(
    channel: string,
    hear: (notification: Notification) => void,
  ): Promise<() => void> {
    const known = this.#channels.get(channel);
    const hearers = known ?? new Set();
    hearers.add(hear);
    this.#channels.set(channel, hearers);
    if (!known) await this.#connect(channel);
    return () => {
      hearers.delete(hear);
      if (hearers.size > 0 || this.#channels.get(channel) !== hearers) return;
      this.#channels.delete(channel);
      this.#connections.get(channel)?.close();
    };
  }

  close(): void {
    this.#isClosed = true;
    for (const connection of this.#connections.values()) connection.close();
  }

  async #connect(channel: string): Promise<void> {
    const connection = await PostgresConnection.open(this.#address);
    this.#connections.set(channel, connection);
    await connection.query(`LISTEN ${quoteName(channel)}`);
    const hear = (notification: Notification) => {
      for (const hear of this.#channels.get(notification.channel) ?? []) hear(notification);
    };
    connection.hear(hear).catch(() => {}).finally(() => this.#again(channel));
  }

  /** What was notified while the connection was lost is not heard, as PostgreSQL has it. */
  #again(channel: string): void {
    if (this.#isClosed || !this.#channels.has(channel)) return;
    setTimeout(() => this.#connect(channel).catch(() => this.#again(channel)), BETWEEN_TRIES_MS);
  }
}
