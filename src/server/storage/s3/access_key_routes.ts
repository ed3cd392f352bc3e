import { createS3AccessKeyRequestSchema } from "@insforge/shared-schemas";
import { Hono } from "hono";
import { requireAdmin } from "../../http/authenticate.ts";
import { parseBody } from "../../http/validate.ts";
import type { Area, LocalBackend, RequestVariables } from "../../services.ts";
import { AccessKeys } from "./access_keys.ts";
import { REGION, S3_PATH } from "./region.ts";

/** The keys of the S3 protocol, which the project's owner manages (contract section 18.1). */
export function accessKeyRoutes(backend: LocalBackend): Area {
  const admin = requireAdmin(backend);
  const keys = new AccessKeys(backend);
  return new Hono<RequestVariables>()
    .get(
      "/s3/config",
      admin,
      (context) =>
        context.json({ endpoint: backend.url + S3_PATH, region: REGION, available: true }),
    )
    .get("/s3/access-keys", admin, async (context) => context.json(await keys.list()))
    .post("/s3/access-keys", admin, async (context) => {
      const { description } = await parseBody(
        context,
        createS3AccessKeyRequestSchema,
        "STORAGE_INVALID_PARAMETER",
      );
      return context.json(await keys.create(description), 201);
    })
    .delete("/s3/access-keys/:id", admin, async (context) => {
      await keys.delete(context.req.param("id"));
      return context.body(null, 204);
    });
}
