import { Hono } from "hono";
import { requireAdmin } from "./http/identity.ts";
import type { Area, LocalBackend, RequestVariables } from "./services.ts";

/** What only a local backend has: `POST /shutdown` ends the server once the answer is sent. */
export function control(backend: LocalBackend): Area {
  return new Hono<RequestVariables>()
    .use(requireAdmin(backend))
    .post("/shutdown", (context) => {
      backend.shutdown();
      return context.json({ success: true, message: "The local backend is shutting down" });
    });
}
