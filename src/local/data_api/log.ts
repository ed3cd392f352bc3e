import { createMiddleware } from "hono/factory";
import { ApiError, DatabaseError } from "../errors.ts";
import type { LocalBackend, RequestVariables } from "../services.ts";
import { DataApiError } from "./errors.ts";

/** Notes each request to the data API in `postgREST.logs`, with the role that it ran as and how it failed. */
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
      error: codeOf(context.error),
    });
  });
}

/** Messages may quote what was sent; codes do not. */
function codeOf(error: Error | undefined): string | undefined {
  if (error instanceof DatabaseError) return error.sqlstate;
  if (error instanceof DataApiError || error instanceof ApiError) return error.code;
  return error?.name;
}
