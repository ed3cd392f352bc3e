import { Hono } from "hono";
import { requireAdmin } from "../http/authenticate.ts";
import { ApiError } from "../http/api_error.ts";
import type { Area, LocalBackend, RequestContext, RequestVariables } from "../services.ts";
import { type LogEntry, newestFirst } from "./read_log.ts";
import { LOG_FILES, type LogSource } from "./sources.ts";

const USUAL_LIMIT = 100;

/** Reading of the logs (contract section 11). */
export function logs(backend: LocalBackend): Area {
  const { logs } = backend;
  const sources = Object.keys(LOG_FILES) as LogSource[];
  const read = (source: LogSource) => newestFirst(logs.path(source));

  return new Hono<RequestVariables>()
    .use(requireAdmin(backend))
    .use(async (_, next) => {
      await logs.flush();
      await next();
    })
    .get("/sources", (context) =>
      context.json(
        Object.entries(LOG_FILES).map(([name, token], n) => ({ id: String(n + 1), name, token })),
      ))
    .get("/stats", async (context) => {
      return context.json(
        await Promise.all(sources.map(async (source) => {
          let count = 0;
          let lastActivity: string | null = null;
          for await (const { timestamp } of read(source)) {
            lastActivity ??= timestamp;
            count++;
          }
          return { source, count, lastActivity };
        })),
      );
    })
    .get("/search", async (context) => {
      const wanted = context.req.query("q")?.toLowerCase();
      if (!wanted) throw new ApiError(400, "INVALID_INPUT", "q: a text to search for is required");
      const limit = numberOf(context, "limit") ?? USUAL_LIMIT;
      const offset = numberOf(context, "offset") ?? 0;
      const only = context.req.query("source");
      const found: (LogEntry & { source: string })[] = [];
      for (const source of sources.filter((name) => only === undefined || name === only)) {
        for await (const entry of read(source)) {
          if (JSON.stringify(entry).toLowerCase().includes(wanted)) {
            found.push({ ...entry, source });
          }
        }
      }
      found.sort((a, b) => a.timestamp < b.timestamp ? 1 : -1);
      return page(context, found.slice(offset, offset + limit), offset, found.length);
    })
    .get("/audits", (context) => page(context, [], 0, 0))
    .get("/functions/build-logs", async (context) => {
      const wanted = context.req.query("deployment_id");
      const [newest] = await take(
        read("function-deploy.logs"),
        1,
        ({ body }) => wanted === undefined || body.metadata.deploymentId === wanted,
      );
      if (!newest) {
        throw new ApiError(404, "LOG_NOT_FOUND", "No function was deployed yet");
      }
      const { level, message, timestamp, metadata } = newest.body;
      return context.json({
        deploymentId: metadata.deploymentId,
        status: metadata.status,
        logs: [{ level, message }],
        createdAt: timestamp,
      });
    })
    .get("/:source", async (context) => {
      const source = sources.find((name) => name === context.req.param("source"));
      if (!source) return context.json({ logs: [], total: 0 });
      const limit = numberOf(context, "limit") || Infinity;
      const before = timeOf(context.req.query("before_timestamp"));
      const count = context.req.query("limit") === undefined ? USUAL_LIMIT : limit;
      const found = await take(
        read(source),
        count,
        ({ timestamp }) => Date.parse(timestamp) < before,
      );
      return context.json({ logs: found.reverse(), total: found.length });
    });
}

async function take(
  entries: AsyncIterable<LogEntry>,
  count: number,
  isWanted: (entry: LogEntry) => boolean,
): Promise<LogEntry[]> {
  const taken: LogEntry[] = [];
  for await (const entry of entries) {
    if (!isWanted(entry)) continue;
    taken.push(entry);
    if (taken.length >= count) break;
  }
  return taken;
}

function page(context: RequestContext, rows: unknown[], offset: number, total: number): Response {
  const last = offset + rows.length;
  const range = rows.length > 0 ? `${offset}-${last - 1}` : "*";
  context.header("content-range", `${range}/${total}`);
  return context.json(rows, last < total ? 206 : 200);
}

function timeOf(text: string | undefined): number {
  const time = Date.parse(text ?? "");
  return Number.isNaN(time) ? Infinity : time;
}

function numberOf(context: RequestContext, name: string): number | undefined {
  const value = Number.parseInt(context.req.query(name) ?? "", 10);
  return Number.isNaN(value) || value < 0 ? undefined : value;
}
