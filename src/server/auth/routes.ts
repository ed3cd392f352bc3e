import {
  type GetPublicAuthConfigResponse,
  updateAuthConfigRequestSchema,
} from "@insforge/shared-schemas";
import { Hono } from "hono";
import { requireAdmin } from "../http/authenticate.ts";
import { parseBody } from "../http/validate.ts";
import type { Area, LocalBackend, RequestVariables } from "../services.ts";
import { adminRoutes } from "./admin_routes.ts";
import { AuthConfig } from "./config.ts";
import { emailRoutes, linkRoutes } from "./email_routes.ts";
import { mailRoutes } from "./mail_routes.ts";
import { authMetadata } from "./metadata.ts";
import { clientRoutes, customClientRoutes } from "./oauth/config_routes.ts";
import { flowRoutes, idTokenRoutes } from "./oauth/flow_routes.ts";
import { authLimits } from "./rate_limits.ts";
import { sessionRoutes } from "./session_routes.ts";
import { profileRoutes, userRoutes } from "./user_routes.ts";

/** Everything below `/api/auth`. */
export function auth(backend: LocalBackend): Area {
  const config = new AuthConfig(backend);
  const admin = requireAdmin(backend);
  const limits = authLimits(backend);

  return new Hono<RequestVariables>()
    .get("/public-config", async (context) => {
      const { smtpConfig: _, allowedRedirectUrls: __, ...rest } = await authMetadata(backend);
      return context.json<GetPublicAuthConfigResponse>(rest);
    })
    .get("/config", admin, async (context) => context.json(await config.read()))
    .put("/config", admin, async (context) => {
      const changes = await parseBody(context, updateAuthConfigRequestSchema);
      return context.json(await config.update(changes));
    })
    .post("/tokens/anon", admin, (context) =>
      context.json({
        accessToken: backend.keys.anonKey,
        message: "This is the anon key; GET /api/metadata/anon-key is the route to use now",
      }))
    .route("/", mailRoutes(backend))
    .route("/admin", adminRoutes(backend))
    .route("/oauth/custom", customClientRoutes(backend))
    .route("/oauth", clientRoutes(backend))
    .route("/oauth", flowRoutes(backend))
    .route("/", idTokenRoutes(backend, limits))
    .route("/email", emailRoutes(backend, limits))
    .route("/email", linkRoutes(backend))
    .route("/users", userRoutes(backend))
    .route("/profiles", profileRoutes(backend))
    .route("/", sessionRoutes(backend, limits));
}
