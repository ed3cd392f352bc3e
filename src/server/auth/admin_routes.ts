import { createAdminSessionRequestSchema } from "@insforge/shared-schemas";
import { Hono } from "hono";
import { ApiError } from "../http/api_error.ts";
import { requireAdmin } from "../http/authenticate.ts";
import { parseBody } from "../http/validate.ts";
import { signAccessToken } from "../keys/tokens.ts";
import type { Area, LocalBackend, RequestContext, RequestVariables } from "../services.ts";
import {
  forgetCookie,
  keepInCookie,
  newNonce,
  readRefreshToken,
  refreshCookie,
  requireCsrfToken,
} from "./sessions.ts";

/**
 * Sessions of the project's owner in a browser. There is no account of the owner here: the password
 * is the API key, whatever the user name.
 */
export function adminRoutes(backend: LocalBackend): Area {
  const { keys } = backend;

  async function open(context: RequestContext, sub: string, nonce = newNonce()) {
    const accessToken = await signAccessToken(keys, { sub, role: "project_admin" });
    const proof = await keepInCookie(context, keys, { sub, kind: "admin", nonce });
    return { admin: { sub }, accessToken, ...proof };
  }

  async function sessionOf(context: RequestContext) {
    const token = refreshCookie(context, "admin");
    return token ? await readRefreshToken(keys, token, "admin") : undefined;
  }

  return new Hono<RequestVariables>()
    .post("/sessions/exchange", () => {
      throw new ApiError(
        401,
        "AUTH_INVALID_CREDENTIALS",
        "Codes of the platform open hosted projects, not this backend",
        "Sign in with the API key: POST /api/auth/admin/sessions.",
      );
    })
    .post("/sessions", async (context) => {
      const { username, password } = await parseBody(context, createAdminSessionRequestSchema);
      if (!keys.isApiKey(password)) {
        throw new ApiError(
          401,
          "AUTH_UNAUTHORIZED",
          "Invalid admin credentials",
          "The password is the API key of this backend.",
        );
      }
      return context.json(await open(context, `local:${username}`));
    })
    .get(
      "/sessions/current",
      requireAdmin(backend),
      (context) => context.json({ admin: { sub: "local:admin" } }),
    )
    .post("/refresh", async (context) => {
      const claims = await sessionOf(context);
      if (!claims) {
        forgetCookie(context, "admin");
        throw new ApiError(401, "AUTH_UNAUTHORIZED", "No admin refresh token, or not a valid one");
      }
      requireCsrfToken(context, keys, claims);
      return context.json(await open(context, claims.sub, claims.nonce));
    })
    .post("/logout", async (context) => {
      const claims = await sessionOf(context);
      if (claims) requireCsrfToken(context, keys, claims);
      forgetCookie(context, "admin");
      return context.json({ success: true, message: "The session has ended" });
    });
}
