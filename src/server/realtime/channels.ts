import { createChannelRequestSchema, updateChannelRequestSchema } from "@insforge/shared-schemas";
import { Hono } from "hono";
import type { RealtimeChannel } from "../../shared/contract/backend.ts";
import { ApiError } from "../http/api_error.ts";
import { isUuid, parseBody } from "../http/validate.ts";
import type { Area, LocalBackend, RequestVariables } from "../services.ts";

const COLUMNS = `id, pattern, description, webhook_urls AS "webhookUrls", enabled,
  created_at AS "createdAt", updated_at AS "updatedAt"`;

/** Letters, digits and hyphens; after a colon `%` too. `_` would stand for any character. */
const PATTERN = /^[a-zA-Z0-9-]+(:[a-zA-Z0-9%:-]+)?$/;

/** All channels, the newest first. */
export const CHANNELS_SQL = `SELECT ${COLUMNS} FROM realtime.channels
  ORDER BY created_at DESC, pattern`;

/** Channels of realtime (contract section 17.3). */
export function channels({ database }: LocalBackend): Area {
  /** Runs a statement about one channel. @throws {ApiError} 404 when there is none */
  async function one(
    id: string,
    sql: string,
    values: readonly unknown[] = [],
  ): Promise<RealtimeChannel> {
    const { rows: [channel] } = isUuid(id)
      ? await database.query<RealtimeChannel>(sql, [id, ...values])
      : { rows: [] };
    if (channel) return channel;
    throw new ApiError(404, "REALTIME_CHANNEL_NOT_FOUND", `There is no channel ${id}`);
  }

  return new Hono<RequestVariables>()
    .get(
      "/",
      async (context) => context.json(await database.remembered<RealtimeChannel>(CHANNELS_SQL)),
    )
    .post("/", async (context) => {
      const { pattern, description, webhookUrls, enabled } = await parseBody(
        context,
        createChannelRequestSchema,
        "REALTIME_INVALID_CHANNEL_REQUEST",
      );
      requirePattern(pattern);
      const { rows: [channel] } = await database.query<RealtimeChannel>(
        `INSERT INTO realtime.channels (pattern, description, webhook_urls, enabled)
         VALUES ($1, $2, $3, $4) RETURNING ${COLUMNS}`,
        [pattern, description || null, webhookUrls ?? null, enabled],
      );
      return context.json(channel!, 201);
    })
    .get("/:id", async (context) => {
      const sql = `SELECT ${COLUMNS} FROM realtime.channels WHERE id = $1`;
      return context.json(await one(context.req.param("id"), sql));
    })
    .put("/:id", async (context) => {
      const { pattern, description, webhookUrls, enabled } = await parseBody(
        context,
        updateChannelRequestSchema,
        "REALTIME_INVALID_CHANNEL_REQUEST",
      );
      if (pattern) requirePattern(pattern);
      const channel = await one(
        context.req.param("id"),
        `UPDATE realtime.channels SET pattern = coalesce($2, pattern),
           description = coalesce($3, description),
           webhook_urls = coalesce($4::text[], webhook_urls), enabled = coalesce($5, enabled)
         WHERE id = $1 RETURNING ${COLUMNS}`,
        [pattern, description, webhookUrls, enabled],
      );
      return context.json(channel);
    })
    .delete("/:id", async (context) => {
      const sql = `DELETE FROM realtime.channels WHERE id = $1 RETURNING ${COLUMNS}`;
      await one(context.req.param("id"), sql);
      return context.json({ message: "The channel was deleted" });
    });
}

function requirePattern(pattern: string): void {
  if (PATTERN.test(pattern)) return;
  throw new ApiError(
    400,
    "REALTIME_INVALID_CHANNEL_PATTERN",
    `"${pattern}" is no pattern of channels`,
    "Use letters, digits, hyphens and colons; % after a colon stands for anything.",
  );
}
