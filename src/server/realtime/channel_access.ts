import type { Database } from "../database/client.ts";
import { type Identity, sessionOf } from "../http/identity.ts";

/** What policies ask for as `realtime.channel_name()`. */
const SET_CHANNEL_NAME = "SELECT set_config('realtime.channel_name', $1, true)";

/** The channels that a name belongs to: by its own name, or by a pattern. */
const MATCHES = "enabled AND (pattern = $1 OR $1 LIKE pattern)";

/** Whether the caller sees a channel of this name: whoever does may subscribe to it. */
export async function maySubscribe(
  database: Database,
  channel: string,
  identity: Identity,
): Promise<boolean> {
  const [, found] = await database.run([
    { sql: SET_CHANNEL_NAME, params: [channel] },
    { sql: `SELECT 1 FROM realtime.channels WHERE ${MATCHES} LIMIT 1`, params: [channel] },
  ], sessionOf(identity));
  return found!.rowCount === 1;
}

/**
 * Stores a message as the caller, whose policies decide; the database tells when it is committed.
 * @returns false when there is no such channel
 * @throws {DatabaseError} 42501 when a policy refuses it
 */
export async function storeMessage(
  database: Database,
  { channel, event, payload }: { channel: string; event: string; payload: unknown },
  identity: Identity,
): Promise<boolean> {
  const { rows: [match] } = await database.query<{ id: string }>(
    `SELECT id FROM realtime.channels WHERE ${MATCHES} ORDER BY pattern = $1 DESC LIMIT 1`,
    [channel],
  );
  if (!match) return false;
  const sender = identity.role === "project_admin" ? "system" : "user";
  await database.run([
    { sql: SET_CHANNEL_NAME, params: [channel] },
    {
      sql: `INSERT INTO realtime.messages
        (event_name, channel_id, channel_name, payload, sender_type, sender_id)
        VALUES ($1, $2, $3, $4, $5, $6)`,
      params: [event, match.id, channel, JSON.stringify(payload), sender, identity.userId ?? null],
    },
  ], sessionOf(identity));
  return true;
}
