import { listMessagesRequestSchema, messageStatsRequestSchema } from "@insforge/shared-schemas";
import { Hono } from "hono";
import type { MessageStatsResponse, RealtimeMessage } from "../../shared/contract/backend.ts";
import type { Database } from "../database/client.ts";
import { parseValue } from "../http/validate.ts";
import type { Area, LocalBackend, RequestVariables } from "../services.ts";

const COLUMNS = `id, event_name AS "eventName", channel_id AS "channelId",
  channel_name AS "channelName", payload, sender_type AS "senderType", sender_id AS "senderId",
  ws_audience_count AS "wsAudienceCount", wh_audience_count AS "whAudienceCount",
  wh_delivered_count AS "whDeliveredCount", created_at AS "createdAt"`;

/** Messages that were sent, and what became of them (contract section 17.3). */
export function messages({ database }: LocalBackend): Area {
  return new Hono<RequestVariables>()
    .get("/", async (context) => {
      const { channelId, eventName, limit, offset } = parseValue(
        context.req.query(),
        listMessagesRequestSchema,
      );
      const { rows } = await database.query<RealtimeMessage>(
        `SELECT ${COLUMNS} FROM realtime.messages
         WHERE ($1::uuid IS NULL OR channel_id = $1) AND ($2::text IS NULL OR event_name = $2)
         ORDER BY created_at DESC, id LIMIT $3 OFFSET $4`,
        [channelId, eventName, limit, offset],
      );
      return context.json(rows);
    })
    .delete("/", async (context) => {
      const { rowCount } = await database.query("DELETE FROM realtime.messages");
      return context.json({ deleted: rowCount ?? 0 });
    })
    .get("/stats", async (context) => {
      const { channelId, since } = parseValue(context.req.query(), messageStatsRequestSchema);
      const filter = `($1::uuid IS NULL OR channel_id = $1) AND
        ($2::timestamptz IS NULL OR created_at >= $2)`;
      const { rows: [stats] } = await database.query<MessageStatsResponse>(
        `WITH chosen AS (SELECT * FROM realtime.messages WHERE ${filter}),
         top AS (SELECT event_name AS "eventName", count(*)::int AS count FROM chosen
           GROUP BY event_name ORDER BY count(*) DESC, event_name LIMIT 10)
         SELECT count(*)::int AS "totalMessages",
           coalesce(sum(wh_delivered_count)::float8 / nullif(sum(wh_audience_count), 0), 0)
             AS "whDeliveryRate",
           coalesce((SELECT json_agg(top) FROM top), '[]') AS "topEvents",
           (SELECT retention_days FROM realtime.config) AS "retentionDays"
         FROM chosen`,
        [channelId, since],
      );
      return context.json(stats!);
    });
}

/** Deletes messages that are older than the days that they are kept for; by default none is. */
export async function removeOldMessages(database: Database): Promise<void> {
  await database.query(
    `DELETE FROM realtime.messages USING realtime.config
     WHERE messages.created_at < now() - make_interval(days => config.retention_days)`,
  );
}
