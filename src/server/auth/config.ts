import type { AuthConfigSchema, UpdateAuthConfigRequest } from "../../shared/contract/backend.ts";
import type { Database } from "../database/client.ts";
import { ApiError } from "../http/api_error.ts";
import { matchesUrl } from "./redirects.ts";

const COLUMNS = `id, require_email_verification AS "requireEmailVerification",
  password_min_length AS "passwordMinLength", require_number AS "requireNumber",
  require_lowercase AS "requireLowercase", require_uppercase AS "requireUppercase",
  require_special_char AS "requireSpecialChar", verify_email_method AS "verifyEmailMethod",
  reset_password_method AS "resetPasswordMethod", allowed_redirect_urls AS "allowedRedirectUrls",
  disable_signup AS "disableSignup", created_at AS "createdAt", updated_at AS "updatedAt"`;

/** The project's rules for sign-up and sign-in: the one row of `auth.config`. */
export class AuthConfig {
  readonly #database: Database;

  constructor({ database }: { database: Database }) {
    this.#database = database;
  }

  async read(): Promise<AuthConfigSchema> {
    const [row] = await this.#database.remembered<AuthConfigSchema>(
      `SELECT ${COLUMNS} FROM auth.config`,
    );
    return row!;
  }

  /** Changes what is given. */
  async update(changes: UpdateAuthConfigRequest): Promise<AuthConfigSchema> {
    const { rows } = await this.#database.query<AuthConfigSchema>(
      `UPDATE auth.config SET
        require_email_verification = coalesce($1, require_email_verification),
        password_min_length = coalesce($2, password_min_length),
        require_number = coalesce($3, require_number),
        require_lowercase = coalesce($4, require_lowercase),
        require_uppercase = coalesce($5, require_uppercase),
        require_special_char = coalesce($6, require_special_char),
        verify_email_method = coalesce($7, verify_email_method),
        reset_password_method = coalesce($8, reset_password_method),
        allowed_redirect_urls = CASE WHEN $9 THEN $10::text[] ELSE allowed_redirect_urls END,
        disable_signup = coalesce($11, disable_signup)
      RETURNING ${COLUMNS}`,
      [
        changes.requireEmailVerification ?? null,
        changes.passwordMinLength ?? null,
        changes.requireNumber ?? null,
        changes.requireLowercase ?? null,
        changes.requireUppercase ?? null,
        changes.requireSpecialChar ?? null,
        changes.verifyEmailMethod ?? null,
        changes.resetPasswordMethod ?? null,
        changes.allowedRedirectUrls !== undefined,
        changes.allowedRedirectUrls ?? null,
        changes.disableSignup ?? null,
      ],
    );
    return rows[0]!;
  }

  /**
   * Refuses addresses that browsers may not be sent to; an empty list allows all.
   * @throws {ApiError} 400
   */
  async requireAllowedRedirect(url: string): Promise<void> {
    const allowed = (await this.read()).allowedRedirectUrls ?? [];
    if (allowed.length === 0 || allowed.some((pattern) => matchesUrl(pattern, url))) return;
    throw new ApiError(
      400,
      "INVALID_INPUT",
      `${url} is not among the allowed redirect URLs`,
      "Add it to allowedRedirectUrls of the auth configuration.",
    );
  }
}
