import { createMiddleware } from "hono/factory";
import { ApiError } from "./api_error.ts";
import type { RequestVariables } from "../services.ts";

const LOOPBACK = /^(localhost|[a-z0-9.-]+\.localhost|127(\.\d{1,3}){3}|\[::1\])(:\d+)?$/i;

/** Whether a Host header, with or without a port, names this machine. */
export function isLoopbackHost(host: string): boolean {
  // Whatever has no such port is no address at all.
  return LOOPBACK.test(host) && URL.canParse(`http://${host}`);
}

/**
 * Lets pass only what is addressed to this machine by name. A foreign Host means that a web page
 * reached the server through a name of its own that it made point here (DNS rebinding).
 */
export const requireLoopbackHost = createMiddleware<RequestVariables>(async (context, next) => {
  // HTTP/2, which Deno's client of key-value stores speaks, has it in the address instead.
  const host = context.req.header("host") ?? new URL(context.req.url).host;
  if (!isLoopbackHost(host)) {
    throw new ApiError(
      403,
      "FORBIDDEN",
      `The local backend does not answer for the host "${host}"`,
      "Use http://localhost or http://127.0.0.1.",
    );
  }
  await next();
});

/**
 * Reflects any origin, as the real backend does: keys guard the routes, and browsers' apps run on
 * any port.
 */
export const allowOrigins = createMiddleware<RequestVariables>(async (context, next) => {
  const origin = context.req.header("origin");
  const asked = context.req.header("access-control-request-headers");
  const preflight = context.req.method === "OPTIONS" &&
    context.req.header("access-control-request-method") !== undefined;
  if (preflight) context.res = new Response(null, { status: 204 });
  else await next();
  // Browsers ask nobody's leave for a WebSocket, whose answer cannot be changed.
  if (origin === undefined || context.res.status === 101) return;
  const { headers } = context.res;
  headers.set("access-control-allow-origin", origin);
  headers.set("access-control-allow-credentials", "true");
  headers.set("access-control-expose-headers", "Content-Range, ETag, Preference-Applied");
  headers.append("vary", "Origin");
  if (!preflight) return;
  headers.set("access-control-allow-methods", "GET,HEAD,PUT,PATCH,POST,DELETE");
  if (asked) headers.set("access-control-allow-headers", asked);
});
