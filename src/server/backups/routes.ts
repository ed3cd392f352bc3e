import {
  createDatabaseBackupRequestSchema,
  renameDatabaseBackupRequestSchema,
} from "@insforge/shared-schemas";
import { Hono } from "hono";
import { ApiError } from "../http/api_error.ts";
import { hasApiKey } from "../http/authenticate.ts";
import { isUuid, parseBody } from "../http/validate.ts";
import type { Area, LocalBackend, RequestContext, RequestVariables } from "../services.ts";
import { type Backups, beingRestored } from "./backups.ts";

/** Backups of all of a project's data (contract section 6.11). */
export function backups(backend: LocalBackend): Area {
  const { backups } = backend;
  return new Hono<RequestVariables>()
    .use(async ({ req, env }, next) => {
      if (env.hasWaited && req.method !== "GET") throw beingRestored();
      await next();
    })
    .get("/", async (context) => context.json({ backups: await backups.list() }))
    .post("/", async (context) => {
      const { name } = await parseBody(context, createDatabaseBackupRequestSchema);
      const createdBy = hasApiKey(context) ? "api-key" : "local:admin";
      return context.json(await backups.create(backend, name, createdBy), 201);
    })
    .patch("/:id", async (context) => {
      const { name } = await parseBody(context, renameDatabaseBackupRequestSchema);
      return context.json(await backups.rename(await idOf(backups, context), name));
    })
    .delete("/:id", async (context) => {
      await backups.remove(await idOf(backups, context));
      return context.json({ message: "The backup was deleted" });
    })
    .post("/:id/restore", async (context) => {
      await backups.restore(await idOf(backups, context));
      return context.json({ message: "The backup was restored" });
    });
}

/** @throws {ApiError} 400 for what no backup could be called by */
async function idOf(backups: Backups, context: RequestContext): Promise<string> {
  const id = context.req.param("id") ?? "";
  if (isUuid(id) || await backups.has(id)) return id;
  throw new ApiError(400, "INVALID_INPUT", "This is no id of a backup");
}
