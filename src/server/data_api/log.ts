import { createMiddleware } from "hono/factory";
import { messageWithoutValues } from "../database/without_values.ts";
import type { LocalBackend, RequestVariables } from "../services.ts";

/**
 * Notes each request to the data API in `postgREST.logs`, with the role that it ran as and how it
 * failed.
 */
export function dataApiLog({ logs }: LocalBackend) {
  const log = logs.writer("postgREST.logs");
  return createMiddleware<RequestVariables>(async (context, next) => {
    const started = performance.now();
    await next();
    const { method, path } = context.req;
    const { status } = context.res;
    const duration = `${Math.round(performance.now() - started)}ms`;
    const role = context.get("identity")?.role;
    log.write(status < 400 ? "info" : "error", `${method} ${path} ${status} ${duration}`, {
      role,
      status,
      duration,
      error: context.error && messageWithoutValues(context.error),
    });
  });
}
