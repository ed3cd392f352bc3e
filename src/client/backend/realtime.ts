/** Channels and messages of realtime: section 17 of the HTTP contract. */
import type {
  CreateChannelRequest,
  MessageStatsResponse,
  RealtimeChannel,
  RealtimeMessage,
} from "../../shared/contract/backend.ts";
import { NotFoundError } from "../../core/errors.ts";
import { path } from "../address.ts";
import type { HttpClient } from "../http.ts";

const BASE = "/api/realtime";

/** All channels, the newest first. */
export function listChannels(backend: HttpClient): Promise<RealtimeChannel[]> {
  return backend.json("GET", `${BASE}/channels`);
}

/** The channel with an id or a pattern. @throws {NotFoundError} */
export async function findChannel(backend: HttpClient, name: string): Promise<RealtimeChannel> {
  const channels = await listChannels(backend);
  const found = channels.find(({ id, pattern }) => id === name || pattern === name);
  if (found) return found;
  throw new NotFoundError(`There is no channel ${name}.`, {
    hint: "`insforge realtime channels list` shows which there are.",
  });
}

export function createChannel(
  backend: HttpClient,
  channel: CreateChannelRequest,
): Promise<RealtimeChannel> {
  return backend.json("POST", `${BASE}/channels`, { json: channel });
}

export function deleteChannel(
  backend: HttpClient,
  id: string,
): Promise<{ readonly message: string }> {
  return backend.json("DELETE", `${BASE}/channels${path(id)}`);
}

/** Messages that were sent, the newest first. */
export function listMessages(
  backend: HttpClient,
  query: { channelId?: string; eventName?: string; limit: number },
): Promise<RealtimeMessage[]> {
  return backend.json("GET", `${BASE}/messages`, { query, exact: true });
}

/** How many messages there are, and how many of their webhooks were reached. */
export function messageStats(
  backend: HttpClient,
  query: { channelId?: string },
): Promise<MessageStatsResponse> {
  return backend.json("GET", `${BASE}/messages/stats`, { query });
}
