import {
  type CreateOAuthConfigRequest,
  createOAuthConfigRequestSchema,
  type OAuthConfigSchema,
  type UpdateOAuthConfigRequest,
  updateOAuthConfigRequestSchema,
} from "@insforge/shared-schemas";
import { ApiError } from "../../http/api_error.ts";
import type { LocalBackend } from "../../services.ts";
import { SERVICES } from "./providers.ts";

/** Client ids of the app on phones, which ID tokens are for; newer than the published schemas. */
interface Native {
  nativeClientIds?: string[];
}

/** A registration as the API shows it. */
type OAuthConfig = OAuthConfigSchema & Native;

const native = { nativeClientIds: createOAuthConfigRequestSchema.shape.scopes };
export const creationSchema = createOAuthConfigRequestSchema.extend(native);
export const changeSchema = updateOAuthConfigRequestSchema.extend(native);

const COLUMNS = `id, provider, client_id AS "clientId", native_client_ids AS "nativeClientIds",
  redirect_uri AS "redirectUri", scopes, use_shared_key AS "useSharedKey",
  created_at AS "createdAt", updated_at AS "updatedAt"`;

/** The project's registrations with the sign-in services: the rows of `auth.oauth_configs`. */
export class OAuthClients {
  readonly #backend: Pick<LocalBackend, "database" | "secrets">;

  constructor(backend: Pick<LocalBackend, "database" | "secrets">) {
    this.#backend = backend;
  }

  async list(): Promise<OAuthConfig[]> {
    const rows = await this.#backend.database.remembered<OAuthConfig>(
      `SELECT ${COLUMNS} FROM auth.oauth_configs ORDER BY provider`,
    );
    return rows.map(withoutNulls);
  }

  async find(provider: string): Promise<OAuthConfig | undefined> {
    const { rows } = await this.#backend.database.query<OAuthConfig>(
      `SELECT ${COLUMNS} FROM auth.oauth_configs WHERE provider = lower($1)`,
      [provider],
    );
    return rows[0] && withoutNulls(rows[0]);
  }

  /** The secret that a service knows the project by. */
  async secretOf(provider: string): Promise<string | undefined> {
    return await this.#backend.secrets.read(secretKey(provider));
  }

  /** @throws {ApiError} 409 when there is one */
  async create(config: CreateOAuthConfigRequest & Native): Promise<OAuthConfig> {
    const { provider, clientId, nativeClientIds = [], scopes, useSharedKey } = config;
    const secretId = await this.#keepSecret(
      provider,
      useSharedKey ? undefined : config.clientSecret,
    );
    const { rows } = await this.#backend.database.query<OAuthConfig>(
      `INSERT INTO auth.oauth_configs
        (provider, client_id, native_client_ids, secret_id, scopes, use_shared_key)
      VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (provider) DO NOTHING RETURNING ${COLUMNS}`,
      [
        provider,
        clientId ?? null,
        [...new Set(nativeClientIds)],
        secretId,
        scopes ?? SERVICES[provider]!.scopes,
        useSharedKey,
      ],
    );
    if (rows[0]) return withoutNulls(rows[0]);
    throw new ApiError(
      409,
      "AUTH_OAUTH_CONFIG_ALREADY_EXISTS",
      `There is a configuration of ${provider} already`,
      `Change it: PUT /api/auth/oauth/${provider}/config.`,
    );
  }

  /** Changes what is given; none when there is no such configuration. */
  async update(
    provider: string,
    changes: UpdateOAuthConfigRequest & Native,
  ): Promise<OAuthConfig | undefined> {
    if (!await this.find(provider)) return undefined;
    const { clientId, nativeClientIds, scopes, useSharedKey } = changes;
    const secretId = await this.#keepSecret(provider, changes.clientSecret);
    const { rows } = await this.#backend.database.query<OAuthConfig>(
      `UPDATE auth.oauth_configs SET client_id = coalesce($2, client_id),
        native_client_ids = coalesce($3, native_client_ids), scopes = coalesce($4, scopes),
        use_shared_key = coalesce($5, use_shared_key), secret_id = coalesce($6, secret_id)
      WHERE provider = lower($1) RETURNING ${COLUMNS}`,
      [
        provider,
        clientId ?? null,
        nativeClientIds ?? null,
        scopes ?? null,
        useSharedKey ?? (changes.clientSecret ? false : null),
        secretId,
      ],
    );
    return rows[0] && withoutNulls(rows[0]);
  }

  /** @returns whether there was one */
  async delete(provider: string): Promise<boolean> {
    const { rowCount } = await this.#backend.database.query(
      "DELETE FROM auth.oauth_configs WHERE provider = lower($1)",
      [provider],
    );
    await this.#backend.secrets.update(secretKey(provider), { isActive: false });
    return rowCount === 1;
  }

  async #keepSecret(provider: string, value: string | undefined): Promise<string | null> {
    if (!value) return null;
    return await this.#backend.secrets.create({
      key: secretKey(provider),
      value,
      isReserved: false,
    });
  }
}

function secretKey(provider: string): string {
  return `${provider.toUpperCase()}_CLIENT_SECRET`;
}

/** What is not set is left out, as the official schema has it. */
function withoutNulls(config: OAuthConfig): OAuthConfig {
  const entries = Object.entries(config).filter(([, value]) => value !== null);
  return Object.fromEntries(entries) as OAuthConfig;
}
