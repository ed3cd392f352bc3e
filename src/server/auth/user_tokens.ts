import { Hono } from "hono";
import { ApiError } from "../http/api_error.ts";
import { requireAdmin } from "../http/authenticate.ts";
import { isUuid, readJson } from "../http/validate.ts";
import { signAccessToken } from "../keys/tokens.ts";
import type { Area, LocalBackend, RequestVariables } from "../services.ts";
import { subjectOf } from "./sessions.ts";
import { Users } from "./users.ts";

const MOST_MINUTES = 24 * 60;

/** Tokens to act as a user with, for who develops: only a local backend gives them away. */
export function userTokens(backend: LocalBackend): Area {
  const { keys } = backend;
  const users = new Users(backend);
  return new Hono<RequestVariables>().use(requireAdmin(backend)).post("/", async (context) => {
    const { userId, minutes } = await readJson(context) as { userId?: unknown; minutes?: unknown };
    const isSpan = typeof minutes === "number" && minutes >= 1 && minutes <= MOST_MINUTES;
    if (!isSpan || typeof userId !== "string" || !isUuid(userId)) {
      throw new ApiError(
        400,
        "INVALID_INPUT",
        `A token takes the userId of a user, and minutes from 1 to ${MOST_MINUTES}`,
      );
    }
    const user = await users.byId(userId);
    if (!user) throw new ApiError(404, "AUTH_USER_NOT_FOUND", "There is no such user");
    const seconds = minutes * 60;
    const accessToken = await signAccessToken(keys, subjectOf(user), seconds);
    return context.json({
      accessToken,
      expiresAt: new Date((keys.seconds() + seconds) * 1000).toISOString(),
      user: { id: user.id, email: user.email },
    });
  });
}
