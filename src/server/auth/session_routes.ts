import { createSessionRequestSchema } from "@insforge/shared-schemas";
import { Hono } from "hono";
import { ApiError } from "../http/api_error.ts";
import { identityOf } from "../http/authenticate.ts";
import { parseBody, readJson } from "../http/validate.ts";
import type { Area, LocalBackend, RequestContext, RequestVariables } from "../services.ts";
import { signInByCode } from "./code_sign_in.ts";
import { AuthConfig } from "./config.ts";
import { OneTimeCodes } from "./one_time_codes.ts";
import { isPassword } from "./passwords.ts";
import type { AuthLimits } from "./rate_limits.ts";
import {
  forgetCookie,
  isBrowser,
  openSession,
  readRefreshToken,
  refreshCookie,
  requireCsrfToken,
} from "./sessions.ts";
import { type StoredUser, Users, withoutPassword } from "./users.ts";

/** Sign-in, the session that is under way, its renewal and its end. */
export function sessionRoutes(backend: LocalBackend, { verifying }: AuthLimits): Area {
  const { keys } = backend;
  const codes = new OneTimeCodes(backend);
  const users = new Users(backend);
  const config = new AuthConfig(backend);

  async function byPassword(
    { email, password }: { email: string; password: string },
  ): Promise<StoredUser> {
    const user = await users.byEmail(email);
    if (!await isPassword(password, user?.password) || !user) {
      throw unauthorized("The address or the password is wrong");
    }
    if (user.emailVerified || !(await config.read()).requireEmailVerification) return user;
    throw new ApiError(
      403,
      "FORBIDDEN",
      "Email verification required",
      "Verify the address first: POST /api/auth/email/send-verification sends a new mail.",
    );
  }

  async function byCode(
    context: RequestContext,
    request: { email: string; otp: string; name?: string },
  ): Promise<StoredUser> {
    const { disableSignup } = await config.read();
    const forgive = verifying.count(context);
    const id = await signInByCode(codes, request, !disableSignup);
    forgive();
    return (await users.byId(id))!;
  }

  return new Hono<RequestVariables>()
    .post("/sessions", async (context) => {
      const request = await parseBody(context, createSessionRequestSchema);
      const user = request.method === "otp"
        ? await byCode(context, request)
        : await byPassword(request);
      return context.json(await openSession(context, keys, withoutPassword(user)));
    })
    .get("/sessions/current", async (context) => {
      const { userId } = await identityOf(context, keys);
      const user = userId && await users.byId(userId);
      if (!user) throw new ApiError(401, "AUTH_INVALID_CREDENTIALS", "Nobody is signed in");
      return context.json({ user: withoutPassword(user) });
    })
    .post("/refresh", async (context) => {
      const browser = isBrowser(context);
      try {
        const token = browser ? refreshCookie(context, "user") : await sentRefreshToken(context);
        const claims = token && await readRefreshToken(keys, token, "user");
        if (!claims) throw unauthorized("The refresh token is missing, not valid, or has expired");
        if (browser || claims.inCookie) requireCsrfToken(context, keys, claims);
        const user = await users.byId(claims.sub);
        if (!user) throw unauthorized("There is no such user any more");
        return context.json(
          await openSession(context, keys, withoutPassword(user), claims.nonce),
        );
      } catch (error) {
        const isOver = error instanceof ApiError && error.status === 401;
        if (browser && isOver) forgetCookie(context, "user");
        throw error;
      }
    })
    .post("/logout", async (context) => {
      if (isBrowser(context)) {
        const token = refreshCookie(context, "user");
        const claims = token && await readRefreshToken(keys, token, "user");
        if (claims) requireCsrfToken(context, keys, claims);
        forgetCookie(context, "user");
      }
      return context.json({ success: true, message: "The session has ended" });
    });
}

async function sentRefreshToken(context: RequestContext): Promise<string> {
  const body = await readJson(context) as { refreshToken?: unknown; refresh_token?: unknown };
  const token = body.refreshToken ?? body.refresh_token;
  if (typeof token === "string" && token !== "") return token;
  throw new ApiError(400, "INVALID_INPUT", "refreshToken: Required");
}

function unauthorized(message: string): ApiError {
  return new ApiError(401, "AUTH_UNAUTHORIZED", message);
}
