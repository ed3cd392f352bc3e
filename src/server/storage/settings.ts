import { updateStorageConfigRequestSchema } from "@insforge/shared-schemas";
import { Hono } from "hono";
import { requireAdmin } from "../http/authenticate.ts";
import { parseBody } from "../http/validate.ts";
import type { Area, LocalBackend, RequestVariables } from "../services.ts";
import type { StorageStore } from "./store.ts";

/** The limit of a file's size (contract section 7.6). */
export function settings(backend: LocalBackend, store: StorageStore): Area {
  const admin = requireAdmin(backend);
  return new Hono<RequestVariables>()
    .get("/config", admin, async (context) => context.json(await store.config()))
    .put("/config", admin, async (context) => {
      const { maxFileSizeMb } = await parseBody(context, updateStorageConfigRequestSchema);
      await store.setMaxFileSize(maxFileSizeMb);
      return context.json(await store.config());
    });
}
