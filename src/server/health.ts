import { Hono } from "hono";
import { EMULATED_VERSION, type Health } from "../shared/contract/state.ts";
import type { Area, LocalBackend, RequestVariables } from "./services.ts";

/** Public; answers while the database is busy. */
export function health({ clock }: LocalBackend): Area {
  return new Hono<RequestVariables>().get("/", (context) => {
    const body: Health = {
      status: "ok",
      version: EMULATED_VERSION,
      service: "Insforge OSS Backend",
      timestamp: clock().toISOString(),
    };
    return context.json(body);
  });
}
