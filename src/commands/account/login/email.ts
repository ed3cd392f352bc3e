/** Login with email and password: section 2.5 of the HTTP contract. */
import type { HttpClient } from "../../../client/http.ts";
import { incomplete } from "../../../client/platform/projects.ts";
import { wholeBody } from "../../../client/whole_body.ts";
import type { LoginResponse, PlatformUser } from "../../../shared/contract/platform.ts";
import type { Context } from "../../../cli/context.ts";
import { AuthError, HttpError, UsageError } from "../../../core/errors.ts";

/** Statuses that speak of the address or the password; any other of the server. */
const REFUSALS: ReadonlySet<number> = new Set([400, 401, 403, 404, 422]);

/** Logs in as `INSFORGE_EMAIL` with `INSFORGE_PASSWORD`, or as who is asked. */
export async function logInWithEmail(
  context: Context,
  platform: HttpClient,
): Promise<{ access_token: string; refresh_token: string; user: PlatformUser }> {
  const lacksBoth = !context.env("INSFORGE_PASSWORD");
  const email = context.env("INSFORGE_EMAIL") ??
    await context.prompt.text(
      "Email",
      lacksBoth ? "INSFORGE_EMAIL and INSFORGE_PASSWORD" : "INSFORGE_EMAIL",
      (value) => value.includes("@") || "An email address has an @.",
    );
  const password = context.env("INSFORGE_PASSWORD") ??
    await context.prompt.secret("Password", "INSFORGE_PASSWORD");
  if (!email.includes("@")) throw new UsageError("INSFORGE_EMAIL is not an email address.");
  using _progress = context.progress("Logging in");
  const response = await platform.stream("POST", "/auth/v1/login", { json: { email, password } })
    .catch((error) => {
      if (!(error instanceof HttpError) || !REFUSALS.has(error.status)) throw error;
      throw new AuthError(`The login as ${email} was refused: ${error.message}`, {
        hint: "Check the address and the password.",
        cause: error,
      });
    });
  const answer = answerOf(await wholeBody(response, "The login was answered"));
  if (!answer.token || !answer.user) throw incomplete("the login");
  return {
    access_token: answer.token,
    refresh_token: cookie(response.headers, "refreshToken") ?? "",
    user: answer.user,
  };
}

/** @throws {OperationError} for what is no answer */
function answerOf(bytes: Uint8Array<ArrayBuffer>): Partial<LoginResponse> {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    throw incomplete("the login");
  }
}

/** A cookie that the platform set; the refresh token comes in no other way. */
function cookie(headers: Headers, name: string): string | undefined {
  for (const line of headers.getSetCookie()) {
    const [pair = ""] = line.split(";");
    const [key, ...value] = pair.split("=");
    if (key?.trim() === name) return decodeURIComponent(value.join("=").trim()) || undefined;
  }
  return undefined;
}
