import {
  updateEmailTemplateRequestSchema,
  upsertSmtpConfigRequestSchema,
} from "@insforge/shared-schemas";
import { Hono } from "hono";
import { ApiError } from "../http/api_error.ts";
import { requireAdmin } from "../http/authenticate.ts";
import { parseBody } from "../http/validate.ts";
import { SmtpConfig } from "../mail/smtp_config.ts";
import { TEMPLATE_TYPES, Templates } from "../mail/templates.ts";
import type { Area, LocalBackend, RequestVariables } from "../services.ts";

/** How mail is sent, and what the backend's own mails say. */
export function mailRoutes(backend: LocalBackend): Area {
  const smtp = new SmtpConfig(backend);
  const templates = new Templates(backend);
  const admin = requireAdmin(backend);

  return new Hono<RequestVariables>()
    .get("/smtp-config", admin, async (context) => context.json(await smtp.read()))
    .put("/smtp-config", admin, async (context) => {
      const config = await parseBody(context, upsertSmtpConfigRequestSchema);
      return context.json(await smtp.update(config));
    })
    .get(
      "/email-templates",
      admin,
      async (context) => context.json({ data: await templates.list() }),
    )
    .put("/email-templates/:type", admin, async (context) => {
      const type = TEMPLATE_TYPES.find((known) => known === context.req.param("type"));
      if (!type) {
        throw new ApiError(
          400,
          "INVALID_INPUT",
          `The type of a template is one of: ${TEMPLATE_TYPES.join(", ")}`,
        );
      }
      const content = await parseBody(context, updateEmailTemplateRequestSchema);
      const updated = await templates.update(type, content);
      if (updated) return context.json(updated);
      throw new ApiError(404, "EMAIL_TEMPLATE_NOT_FOUND", `There is no mail template ${type}`);
    });
}
