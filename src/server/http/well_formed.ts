import { createMiddleware } from "hono/factory";
import type { RequestContext, RequestVariables } from "../services.ts";
import { ApiError } from "./api_error.ts";

/**
 * Refuses requests that two readers could read differently: a body with two lengths, whose
 * connection then ends (RFC 9112, section 6.1), NUL in a name or filter, where PostgreSQL's texts
 * end, and half of a WebSocket's handshake (RFC 6455, section 4.2.1).
 */
export const requireWellFormed = createMiddleware<RequestVariables>(async (context, next) => {
  const { req } = context;
  if (req.header("content-length") !== undefined && req.header("transfer-encoding")) {
    // Not looked at elsewhere: what is answered in its place then would be sent in chunks.
    context.res.headers.set("connection", "close");
    throw new ApiError(400, "INVALID_INPUT", "The body has a Content-Length and is chunked");
  }
  if (req.header("upgrade")?.toLowerCase() === "websocket" && !isHandshake(req)) {
    throw new ApiError(400, "INVALID_INPUT", "The handshake of the WebSocket is not whole");
  }
  const { pathname, search } = new URL(req.url);
  // What follows the name of a function is the function's own affair.
  if (pathname.includes("%00") || !pathname.startsWith("/functions/") && search.includes("%00")) {
    throw new ApiError(
      400,
      "INVALID_INPUT",
      "The address holds a NUL character",
      "Leave %00 out of names and filters.",
    );
  }
  await next();
});

function isHandshake(req: RequestContext["req"]): boolean {
  return req.method === "GET" && req.header("sec-websocket-key") !== undefined &&
    /(^|,)\s*upgrade\s*(,|$)/i.test(req.header("connection") ?? "");
}
