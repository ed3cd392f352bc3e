import { Hono } from "hono";
import { requireAdmin } from "../http/authenticate.ts";
import type { Area, LocalBackend, RequestVariables } from "../services.ts";

/** Accepts the usage reports that clients send, and keeps none (contract section 14). */
export function usage(backend: LocalBackend): Area {
  return new Hono<RequestVariables>()
    .use(requireAdmin(backend))
    .post("/mcp", (context) => context.json({ success: true }));
}
