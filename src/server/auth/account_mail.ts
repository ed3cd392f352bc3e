import { ApiError } from "../http/api_error.ts";
import type { LocalBackend } from "../services.ts";
import { AuthConfig } from "./config.ts";
import { OneTimeCodes, type Purpose } from "./one_time_codes.ts";
import { Users } from "./users.ts";

type MailedPurpose = Exclude<Purpose, "SIGN_IN">;

const KINDS = {
  VERIFY_EMAIL: {
    method: "verifyEmailMethod",
    template: "email-verification",
    route: "verify-link",
    what: "link-based email verification",
  },
  RESET_PASSWORD: {
    method: "resetPasswordMethod",
    template: "reset-password",
    route: "reset-password-link",
    what: "link-based password reset",
  },
} as const;

/**
 * The mails that confirm an address or let a forgotten password be replaced: with a code or a link,
 * as configured.
 */
export class AccountMail {
  readonly #backend: LocalBackend;
  readonly #config: AuthConfig;
  readonly #codes: OneTimeCodes;
  readonly #users: Users;

  constructor(backend: LocalBackend) {
    this.#backend = backend;
    this.#config = new AuthConfig(backend);
    this.#codes = new OneTimeCodes(backend);
    this.#users = new Users(backend);
  }

  /**
   * Whether the mail has a code or a link.
   * @throws {ApiError} 400 when it has a link that leads nowhere, or where it may not
   */
  async methodOf(purpose: MailedPurpose, redirectTo?: string): Promise<"code" | "link"> {
    const { method, what } = KINDS[purpose];
    const chosen = (await this.#config.read())[method];
    if (chosen === "code") return chosen;
    if (!redirectTo) {
      throw new ApiError(400, "INVALID_INPUT", `redirectTo is required with ${what}`);
    }
    await this.#config.requireAllowedRedirect(redirectTo);
    return chosen;
  }

  /**
   * Sends the mail if there is such a user; the work, and the answer, are the same if there is
   * none.
   */
  async send(purpose: MailedPurpose, email: string, redirectTo?: string): Promise<void> {
    const { template, route } = KINDS[purpose];
    const method = await this.methodOf(purpose, redirectTo);
    const secret = method === "link"
      ? await this.#codes.createToken(email, purpose, redirectTo!)
      : await this.#codes.createCode(email, purpose);
    const user = await this.#users.byEmail(email);
    if (!user) return;
    const link = `${this.#backend.url}/api/auth/email/${route}?token=${secret}`;
    await this.#backend.mailer.sendTemplate(
      `${template}-${method}`,
      { email, name: user.profile?.name },
      method === "link" ? { link } : { token: secret },
    );
  }
}
