import { createMiddleware } from "hono/factory";
import { KV_PATH } from "../kv/access.ts";
import type { Logger } from "../logs/log_file.ts";
import type { RequestVariables } from "../services.ts";

/**
 * Notes each request once it is answered (contract section 16.4). The query string stays out: it
 * may hold secrets. Requests for logs are not noted, or reading the log would fill it, nor what
 * functions do with their key-value store.
 */
export function requestLog(logger: Logger) {
  return createMiddleware<RequestVariables>(async (context, next) => {
    const started = performance.now();
    // A request that has become a WebSocket can be asked nothing any more.
    const { method, path } = context.req;
    const userAgent = context.req.header("user-agent") ?? "";
    await next();
    if (path.includes("/logs/") || path.startsWith(KV_PATH)) return;
    logger.info("HTTP Request", {
      method,
      path,
      status: context.res.status,
      size: Number(context.res.headers.get("content-length") ?? 0),
      duration: `${Math.round(performance.now() - started)}ms`,
      ip: context.env.remoteAddress,
      userAgent,
    });
  });
}
