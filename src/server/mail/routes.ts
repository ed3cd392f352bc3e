import { sendRawEmailRequestSchema } from "@insforge/shared-schemas";
import { Hono } from "hono";
import { ApiError } from "../http/api_error.ts";
import { requireUser } from "../http/authenticate.ts";
import { parseBody } from "../http/validate.ts";
import type { Area, LocalBackend, RequestVariables } from "../services.ts";

/** Mail that apps send: users may, and the project's owner; nobody else. */
export function email(backend: LocalBackend): Area {
  return new Hono<RequestVariables>()
    .post("/send-raw", requireUser(backend), async (context) => {
      if (context.get("identity").role === "anon") {
        throw new ApiError(401, "AUTH_INVALID_CREDENTIALS", "Only who is signed in can send mail");
      }
      await backend.mailer.send(await parseBody(context, sendRawEmailRequestSchema));
      return context.json({});
    });
}
