import { updateRealtimeConfigRequestSchema } from "@insforge/shared-schemas";
import { Hono } from "hono";
import { requireAdmin } from "../http/authenticate.ts";
import { parseBody } from "../http/validate.ts";
import type { Area, LocalBackend, RequestVariables } from "../services.ts";
import { channels } from "./channels.ts";
import { Delivery } from "./delivery.ts";
import { messages, removeOldMessages } from "./messages.ts";
import { realtimePermissions } from "./permissions.ts";

const CLEANING_MS = 60 * 60 * 1000;

/** Channels, messages and their settings (contract section 17.3); sends what is published. */
export function realtime(backend: LocalBackend): Area {
  const { database, jobs, hub } = backend;
  const delivery = new Delivery(backend, hub);
  jobs.run("Listening for messages", async () => {
    await database.engine.listen("realtime_message", ({ payload }) => delivery.add(payload));
  });
  jobs.every("Removing old messages", CLEANING_MS, () => removeOldMessages(database));

  return new Hono<RequestVariables>()
    .use(requireAdmin(backend))
    .route("/channels", channels(backend))
    .route("/messages", messages(backend))
    .get("/permissions", async (context) => context.json(await realtimePermissions(database)))
    .get("/config", async (context) => {
      const { rows: [config] } = await database.query<{ retentionDays: number | null }>(
        `SELECT retention_days AS "retentionDays" FROM realtime.config`,
      );
      return context.json(config!);
    })
    .patch("/config", async (context) => {
      const { retentionDays } = await parseBody(context, updateRealtimeConfigRequestSchema);
      await database.query("UPDATE realtime.config SET retention_days = $1", [retentionDays]);
      return context.json({ message: "The time that messages are kept for was changed" });
    });
}
