import { createMiddleware } from "hono/factory";
import type { RequestVariables } from "../services.ts";
import { ApiError } from "./api_error.ts";

/**
 * Refuses requests that two readers could read differently: a body with two lengths, whose
 * connection then ends (RFC 9112, section 6.1), and NUL in a name or filter, where PostgreSQL's
 * texts end.
 */
export const requireWellFormed = createMiddleware<RequestVariables>(async ({ req, res }, next) => {
  if (req.header("content-length") !== undefined && req.header("transfer-encoding")) {
    res.headers.set("connection", "close");
    throw new ApiError(400, "INVALID_INPUT", "The body has a Content-Length and is chunked");
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
