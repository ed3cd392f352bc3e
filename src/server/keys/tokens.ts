import { Hono } from "hono";
import { requireAdmin } from "../http/authenticate.ts";
import type { Area, LocalBackend, RequestVariables } from "../services.ts";

/** The anon key under its older route (contract section 5.1). */
export function tokens(backend: LocalBackend): Area {
  return new Hono<RequestVariables>()
    .use(requireAdmin(backend))
    .post("/anon", (context) =>
      context.json({
        accessToken: backend.keys.anonKey,
        message: "This is the anon key; GET /api/metadata/anon-key is the route to use now",
      }));
}
