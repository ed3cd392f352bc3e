import { Hono } from "hono";
import type { Area, RequestVariables } from "../services.ts";

/** Public keys that tokens could be checked with: none, because user tokens are signed with a shared secret here. */
export function jwks(): Area {
  return new Hono<RequestVariables>().get("/", (context) => context.json({ keys: [] }));
}
