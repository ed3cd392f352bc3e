import { Hono } from "hono";
import type { AnonKeyResponse, ApiKeyResponse } from "../contract/backend.ts";
import { requireAdmin } from "./auth.ts";
import type { Area, LocalBackend, RequestVariables } from "./services.ts";

/** What the project holds (contract sections 5.1 and 5.3). */
export function metadata(backend: LocalBackend): Area {
  const { keys } = backend;
  return new Hono<RequestVariables>()
    .use(requireAdmin(backend))
    .get("/anon-key", (context) => context.json<AnonKeyResponse>({ anonKey: keys.anonKey }))
    .get("/api-key", (context) => context.json<ApiKeyResponse>({ apiKey: keys.apiKey }));
}
