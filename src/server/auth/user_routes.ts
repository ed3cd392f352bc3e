import {
  createUserRequestSchema,
  deleteUsersRequestSchema,
  type ListUsersResponse,
  updateProfileRequestSchema,
} from "@insforge/shared-schemas";
import { Hono } from "hono";
import { ApiError } from "../http/api_error.ts";
import { identityOf, requireAdmin, requireUser } from "../http/authenticate.ts";
import { isUuid, parseBody } from "../http/validate.ts";
import type { Area, LocalBackend, RequestVariables } from "../services.ts";
import { signAccessToken } from "../keys/tokens.ts";
import { AccountMail } from "./account_mail.ts";
import { AuthConfig } from "./config.ts";
import { hashPassword, requireAllowedPassword } from "./passwords.ts";
import { openSession, subjectOf } from "./sessions.ts";
import { Users, withoutPassword } from "./users.ts";

const USUAL_PAGE = 10;

/** Users: sign-up, what the project's owner does with them. */
export function userRoutes(backend: LocalBackend): Area {
  const { keys } = backend;
  const users = new Users(backend);
  const config = new AuthConfig(backend);
  const mail = new AccountMail(backend);
  const admin = requireAdmin(backend);

  async function sendVerification(email: string, redirectTo?: string): Promise<void> {
    try {
      await mail.send("VERIFY_EMAIL", email, redirectTo);
    } catch (error) {
      const isTooEarly = error instanceof ApiError && error.status === 429;
      throw new ApiError(
        isTooEarly ? 429 : 500,
        "AUTH_VERIFICATION_EMAIL_DELIVERY_FAILED",
        "The user was created, and the mail that confirms the address was not sent: " +
          (error as Error).message,
        "POST /api/auth/email/send-verification sends it again.",
      );
    }
  }

  return new Hono<RequestVariables>()
    .post("/", requireUser(backend), async (context) => {
      const byOwner = context.get("identity").role === "project_admin";
      const { email, password, name, autoConfirm, redirectTo } = await parseBody(
        context,
        createUserRequestSchema,
      );
      const { requireEmailVerification, disableSignup, ...rules } = await config.read();
      if (disableSignup && !byOwner) throw signUpDisabled();
      requireAllowedPassword(password, rules);
      const isMailed = requireEmailVerification && !byOwner;
      if (isMailed) await mail.methodOf("VERIFY_EMAIL", redirectTo);
      const id = await users.create({
        email,
        password: await hashPassword(password),
        profile: name ? { name } : {},
        emailVerified: byOwner && autoConfirm === true,
      });
      if (isMailed) await sendVerification(email, redirectTo);
      const user = withoutPassword((await users.byId(id))!);
      if (requireEmailVerification) {
        const isConfirmed = user.emailVerified;
        return context.json({ accessToken: null, requireEmailVerification: !isConfirmed });
      }
      // The owner who adds a user stays who they are: no cookie, no refresh token.
      const session = byOwner
        ? { user, accessToken: await signAccessToken(keys, subjectOf(user)) }
        : await openSession(context, keys, user);
      return context.json({ ...session, requireEmailVerification: false });
    })
    .get("/", admin, async (context) => {
      const number = (name: string, usual: number, least: number) =>
        Math.max(least, Number.parseInt(context.req.query(name) ?? "") || usual);
      const limit = number("limit", USUAL_PAGE, 1);
      const offset = number("offset", 0, 0);
      const search = context.req.query("search");
      const { users: data, total } = await users.list({ limit, offset, search });
      return context.json<ListUsersResponse>({ data, pagination: { offset, limit, total } });
    })
    .get("/:id", admin, async (context) => {
      const user = await users.byId(requireUserId(context.req.param("id")));
      if (!user) throw userNotFound();
      return context.json(withoutPassword(user));
    })
    .delete("/", admin, async (context) => {
      const { userIds } = await parseBody(context, deleteUsersRequestSchema);
      const deletedCount = await users.delete(userIds);
      return context.json({ message: "The users were deleted", deletedCount });
    });
}

/** Profiles: what an app shows of its users; anybody may read one. */
export function profileRoutes(backend: LocalBackend): Area {
  const users = new Users(backend);
  return new Hono<RequestVariables>()
    .patch("/current", async (context) => {
      const { userId } = await identityOf(context, backend.keys);
      if (!userId) throw new ApiError(401, "AUTH_INVALID_CREDENTIALS", "Nobody is signed in");
      const { profile } = await parseBody(context, updateProfileRequestSchema);
      const updated = await users.updateProfile(userId, profile);
      if (!updated) throw userNotFound();
      return context.json(updated);
    })
    .get("/:id", async (context) => {
      const user = await users.byId(requireUserId(context.req.param("id")));
      if (!user) throw userNotFound();
      return context.json({ id: user.id, profile: user.profile });
    });
}

function signUpDisabled(): ApiError {
  return new ApiError(403, "AUTH_SIGNUP_DISABLED", "This project takes no new users");
}

function requireUserId(id: string): string {
  if (isUuid(id)) return id;
  throw new ApiError(400, "INVALID_INPUT", "The id of a user is a UUID");
}

function userNotFound(): ApiError {
  return new ApiError(404, "AUTH_USER_NOT_FOUND", "There is no such user");
}
