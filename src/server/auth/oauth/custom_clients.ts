import type {
  CreateCustomOAuthConfigRequest,
  CustomOAuthConfigSchema,
  UpdateCustomOAuthConfigRequest,
} from "../../../shared/contract/backend.ts";
import { ApiError } from "../../http/api_error.ts";
import type { LocalBackend } from "../../services.ts";

const COLUMNS = `id, key, name, discovery_endpoint AS "discoveryEndpoint",
  client_id AS "clientId", created_at AS "createdAt", updated_at AS "updatedAt"`;

/** Sign-in services of the project's own (OpenID Connect): rows of `auth.custom_oauth_configs`. */
export class CustomClients {
  readonly #backend: Pick<LocalBackend, "database" | "secrets">;

  constructor(backend: Pick<LocalBackend, "database" | "secrets">) {
    this.#backend = backend;
  }

  async list(): Promise<CustomOAuthConfigSchema[]> {
    return await this.#backend.database.remembered<CustomOAuthConfigSchema>(
      `SELECT ${COLUMNS} FROM auth.custom_oauth_configs ORDER BY key`,
    );
  }

  async find(key: string): Promise<CustomOAuthConfigSchema | undefined> {
    const { rows } = await this.#backend.database.query<CustomOAuthConfigSchema>(
      `SELECT ${COLUMNS} FROM auth.custom_oauth_configs WHERE key = $1`,
      [key],
    );
    return rows[0];
  }

  async secretOf(key: string): Promise<string | undefined> {
    return await this.#backend.secrets.read(secretKey(key));
  }

  /** @throws {ApiError} 409 when there is one */
  async create(config: CreateCustomOAuthConfigRequest): Promise<CustomOAuthConfigSchema> {
    const { key, name, discoveryEndpoint, clientId, clientSecret } = config;
    if (await this.find(key)) {
      throw new ApiError(
        409,
        "AUTH_OAUTH_CONFIG_ALREADY_EXISTS",
        `There is a configuration of ${key} already`,
        `Change it: PUT /api/auth/oauth/custom/${key}/config.`,
      );
    }
    const secretId = await this.#keepSecret(key, clientSecret);
    const { rows } = await this.#backend.database.query<CustomOAuthConfigSchema>(
      `INSERT INTO auth.custom_oauth_configs (key, name, discovery_endpoint, client_id, secret_id)
      VALUES ($1, $2, $3, $4, $5) RETURNING ${COLUMNS}`,
      [key, name, discoveryEndpoint, clientId, secretId],
    );
    return rows[0]!;
  }

  /** Changes what is given; none when there is no such configuration. */
  async update(
    key: string,
    { name, discoveryEndpoint, clientId, clientSecret }: UpdateCustomOAuthConfigRequest,
  ): Promise<CustomOAuthConfigSchema | undefined> {
    if (!await this.find(key)) return undefined;
    if (clientSecret) await this.#keepSecret(key, clientSecret);
    const { rows } = await this.#backend.database.query<CustomOAuthConfigSchema>(
      `UPDATE auth.custom_oauth_configs SET name = coalesce($2, name),
        discovery_endpoint = coalesce($3, discovery_endpoint), client_id = coalesce($4, client_id)
      WHERE key = $1 RETURNING ${COLUMNS}`,
      [key, name ?? null, discoveryEndpoint ?? null, clientId ?? null],
    );
    return rows[0];
  }

  /** @returns whether there was one */
  async delete(key: string): Promise<boolean> {
    const { rowCount } = await this.#backend.database.query(
      "DELETE FROM auth.custom_oauth_configs WHERE key = $1",
      [key],
    );
    await this.#backend.secrets.update(secretKey(key), { isActive: false });
    return rowCount === 1;
  }

  #keepSecret(key: string, value: string): Promise<string> {
    return this.#backend.secrets.create({ key: secretKey(key), value, isReserved: false });
  }
}

function secretKey(key: string): string {
  return `CUSTOM_OAUTH_${key.toUpperCase().replaceAll("-", "_")}_CLIENT_SECRET`;
}
