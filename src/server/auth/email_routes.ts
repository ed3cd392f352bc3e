import {
  exchangeResetPasswordTokenRequestSchema,
  resetPasswordRequestSchema,
  sendOTPRequestSchema,
  sendResetPasswordEmailRequestSchema,
  sendVerificationEmailRequestSchema,
  verifyEmailRequestSchema,
} from "@insforge/shared-schemas";
import { Hono } from "hono";
import type { Transaction } from "../database/client.ts";
import { ApiError } from "../http/api_error.ts";
import { parseBody } from "../http/validate.ts";
import type { Area, LocalBackend, RequestVariables } from "../services.ts";
import { AccountMail } from "./account_mail.ts";
import { AuthConfig } from "./config.ts";
import { OneTimeCodes } from "./one_time_codes.ts";
import { hashPassword, requireAllowedPassword } from "./passwords.ts";
import type { AuthLimits } from "./rate_limits.ts";
import { openSession } from "./sessions.ts";
import { Users, withoutPassword } from "./users.ts";

/** Minutes that a code to sign in with works. */
const SIGN_IN_MINUTES = 5;

/** Codes and new passwords by mail. The links of mails are answered by {@link linkRoutes}. */
export function emailRoutes(backend: LocalBackend, limits: AuthLimits): Area {
  const mail = new AccountMail(backend);
  const codes = new OneTimeCodes(backend);
  const config = new AuthConfig(backend);
  const users = new Users(backend);
  const { sending, verifying, cooldown } = limits;

  const sent = (what: string) => ({
    success: true,
    message: `If there is a user with this address, a ${what} is on its way.`,
  });

  return new Hono<RequestVariables>()
    .post("/send-verification", sending.guard, async (context) => {
      const { email, redirectTo } = await parseBody(context, sendVerificationEmailRequestSchema);
      const method = await mail.methodOf("VERIFY_EMAIL", redirectTo);
      cooldown.require(email);
      await mail.send("VERIFY_EMAIL", email, redirectTo);
      return context.json(sent(`verification ${method}`), 202);
    })
    .post("/verify", verifying.guard, async (context) => {
      const { email, otp } = await parseBody(context, verifyEmailRequestSchema);
      const id = await codes.take(
        email,
        "VERIFY_EMAIL",
        otp,
        (transaction) => confirmAddress(transaction, email),
      );
      const user = withoutPassword((await users.byId(id))!);
      return context.json(await openSession(context, backend.keys, user));
    })
    .post("/send-otp", sending.guard, async (context) => {
      const { email } = await parseBody(context, sendOTPRequestSchema);
      cooldown.require(email);
      const token = await codes.createCode(email, "SIGN_IN", SIGN_IN_MINUTES);
      await backend.mailer.sendTemplate("request-otp", { email }, { token });
      return context.json({
        success: true,
        message: "If this address can sign in, a code is on its way.",
      }, 202);
    })
    .post("/send-reset-password", sending.guard, async (context) => {
      const { email, redirectTo } = await parseBody(context, sendResetPasswordEmailRequestSchema);
      const method = await mail.methodOf("RESET_PASSWORD", redirectTo);
      cooldown.require(email);
      await mail.send("RESET_PASSWORD", email, redirectTo);
      return context.json(sent(`${method} for a new password`), 202);
    })
    .post("/exchange-reset-password-token", verifying.guard, async (context) => {
      const { email, code } = await parseBody(context, exchangeResetPasswordTokenRequestSchema);
      return context.json(await codes.exchange(email, "RESET_PASSWORD", code));
    })
    .post("/reset-password", verifying.guard, async (context) => {
      const { newPassword, otp } = await parseBody(context, resetPasswordRequestSchema);
      // A password that is refused leaves the token for another try.
      requireAllowedPassword(newPassword, await config.read());
      const hash = await hashPassword(newPassword);
      await codes.takeToken("RESET_PASSWORD", otp, async ({ queryAsOwner }, email) => {
        const { rowCount } = await queryAsOwner(
          "UPDATE auth.users SET password = $1 WHERE email = $2",
          [hash, email],
        );
        if (rowCount !== 1) throw gone();
      });
      return context.json({ message: "The password was changed; sign in with the new one." });
    });
}

/** The addresses in mails: each leads the browser on to the app, with what became of it. */
export function linkRoutes(backend: LocalBackend): Area {
  const codes = new OneTimeCodes(backend);
  const config = new AuthConfig(backend);

  async function redirectOf(
    purpose: "VERIFY_EMAIL" | "RESET_PASSWORD",
    token: string,
  ): Promise<URL> {
    const redirectTo = await codes.redirectOf(purpose, token);
    if (!redirectTo) {
      throw new ApiError(400, "INVALID_INPUT", "Invalid or expired verification token");
    }
    await config.requireAllowedRedirect(redirectTo);
    return new URL(redirectTo);
  }

  return new Hono<RequestVariables>()
    .get("/verify-link", async (context) => {
      const token = requireToken(context.req.query("token"));
      const url = await redirectOf("VERIFY_EMAIL", token);
      url.searchParams.set("insforge_type", "verify_email");
      try {
        await codes.takeToken("VERIFY_EMAIL", token, confirmAddress);
        url.searchParams.set("insforge_status", "success");
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        url.searchParams.set("insforge_status", "error");
        url.searchParams.set("insforge_error", error.message);
      }
      return context.redirect(url.href);
    })
    .get("/reset-password-link", async (context) => {
      const token = requireToken(context.req.query("token"));
      const url = await redirectOf("RESET_PASSWORD", token);
      url.searchParams.set("token", token);
      url.searchParams.set("insforge_status", "ready");
      url.searchParams.set("insforge_type", "reset_password");
      return context.redirect(url.href);
    });
}

async function confirmAddress(
  { queryAsOwner }: Transaction,
  email: string,
): Promise<string> {
  const { rows } = await queryAsOwner<{ id: string }>(
    "UPDATE auth.users SET email_verified = true WHERE email = $1 RETURNING id",
    [email],
  );
  if (!rows[0]) throw gone();
  return rows[0].id;
}

function requireToken(token: string | undefined): string {
  if (token && /^[0-9a-f]{64}$/i.test(token)) return token.toLowerCase();
  throw new ApiError(400, "INVALID_INPUT", "token: has 64 hexadecimal digits");
}

function gone(): ApiError {
  return new ApiError(404, "AUTH_USER_NOT_FOUND", "There is no user with this address any more");
}
