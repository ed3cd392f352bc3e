import {
  createScheduleRequestSchema,
  updateScheduleRequestSchema,
  updateSchedulesConfigRequestSchema,
} from "@insforge/shared-schemas";
import { Hono } from "hono";
import { requireAdmin } from "../http/authenticate.ts";
import { ApiError } from "../http/api_error.ts";
import type { SecretStore } from "../secrets/store.ts";
import type { Area, LocalBackend, RequestContext, RequestVariables } from "../services.ts";
import { isUuid, parseBody } from "../http/validate.ts";
import { checkCron } from "./cron.ts";
import { CronJobs } from "./cron_jobs.ts";
import { Scheduler } from "./scheduler.ts";
import { type Schedule, ScheduleStore } from "./store.ts";

const USUAL_LIMIT = 50;
const MOST_EXECUTIONS = 100;

/** Schedules, their executions, and how long these are kept (contract section 10). */
export function schedules(backend: LocalBackend): Area {
  const store = new ScheduleStore(backend);
  const scheduler = new Scheduler(store, backend);
  scheduler.start();
  new CronJobs(backend).start();

  async function find(context: RequestContext): Promise<Schedule> {
    const id = context.req.param("id")!;
    const schedule = isUuid(id) ? await store.find(id) : undefined;
    if (!schedule) throw notFound(id);
    return schedule;
  }

  return new Hono<RequestVariables>()
    .use(requireAdmin(backend))
    .get("/", async (context) => context.json(await store.list()))
    .post("/", async (context) => {
      const fields = await parseBody(context, createScheduleRequestSchema);
      checkCron(fields.cronSchedule, backend.clock());
      const headers = await resolveHeaders(backend.secrets, fields.headers);
      const schedule = await store.create(fields, headers);
      scheduler.set(schedule);
      const { id, cronJobId } = schedule;
      return context.json({ id, cronJobId, message: "The schedule was created" }, 201);
    })
    .get("/config", async (context) => context.json({ retentionDays: await store.retentionDays() }))
    .patch("/config", async (context) => {
      const config = await parseBody(context, updateSchedulesConfigRequestSchema);
      await store.setRetentionDays(config.retentionDays);
      return context.json(config);
    })
    .get("/:id", async (context) => context.json(await find(context)))
    .patch("/:id", async (context) => {
      const before = await find(context);
      const changes = await parseBody(context, updateScheduleRequestSchema);
      const { headers, body } = before;
      const fields = {
        ...before,
        headers: headers ?? undefined,
        body: body ?? undefined,
        ...changes,
      };
      checkCron(fields.cronSchedule, backend.clock());
      const resolved = await resolveHeaders(backend.secrets, fields.headers);
      const schedule = await store.update(before, fields, resolved);
      scheduler.set(schedule);
      const { id, cronJobId } = schedule;
      const message = "The schedule was updated";
      return context.json({ id, cronJobId: cronJobId ?? undefined, message });
    })
    .delete("/:id", async (context) => {
      const { id } = await find(context);
      scheduler.remove(id);
      if (!await store.delete(id)) throw notFound(id);
      return context.json({ message: "The schedule was deleted" });
    })
    .get("/:id/logs", async (context) => {
      const id = context.req.param("id");
      const limit = Math.min(Math.max(numberOf(context, "limit", USUAL_LIMIT), 1), MOST_EXECUTIONS);
      const offset = Math.max(numberOf(context, "offset", 0), 0);
      const found = isUuid(id)
        ? await store.executions(id, limit, offset)
        : { logs: [], totalCount: 0 };
      return context.json({ ...found, limit, offset });
    });
}

function numberOf(context: RequestContext, name: string, usual: number): number {
  const value = Number.parseInt(context.req.query(name) ?? "", 10);
  return Number.isNaN(value) ? usual : value;
}

function notFound(id: string): ApiError {
  return new ApiError(
    404,
    "SCHEDULE_NOT_FOUND",
    `There is no schedule ${id}`,
    "GET /api/schedules lists them.",
  );
}

/**
 * Puts the values of secrets into headers: `${{secrets.KEY}}`.
 * @throws {ApiError} 404 SECRET_NOT_FOUND
 */
async function resolveHeaders(
  secrets: SecretStore,
  headers: Readonly<Record<string, string>> = {},
): Promise<Record<string, string>> {
  const resolved: Record<string, string> = {};
  for (const [name, template] of Object.entries(headers)) {
    let value = template;
    for (const [reference, key] of template.matchAll(/\$\{\{secrets\.(\w+)\}\}/g)) {
      const secret = await secrets.read(key!);
      if (!secret) {
        throw new ApiError(
          404,
          "SECRET_NOT_FOUND",
          `There is no active secret ${key}, which the header ${name} refers to`,
          "Add the secret first.",
        );
      }
      value = value.replaceAll(reference, () => secret);
    }
    resolved[name] = value;
  }
  return resolved;
}
