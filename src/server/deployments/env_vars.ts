import type {
  DeploymentEnvVar,
  DeploymentEnvVarWithValue,
  EnvVar,
} from "../../shared/contract/backend.ts";
import type { LocalBackend } from "../services.ts";
import { openCipher } from "../secrets/cipher.ts";

/**
 * The variables of a site's builds (contract section 13.5), encrypted at rest. Nothing is built
 * here: they are kept, so that scripts find what they set.
 */
export class EnvVarStore {
  readonly #backend: LocalBackend;
  #cipher?: ReturnType<typeof openCipher>;

  constructor(backend: LocalBackend) {
    this.#backend = backend;
  }

  /** All variables by name, without their values. */
  async list(): Promise<DeploymentEnvVar[]> {
    const { rows } = await this.#backend.database.query<DeploymentEnvVar>(
      `SELECT ${COLUMNS} FROM deployments.env_vars ORDER BY key`,
    );
    return rows;
  }

  /** One variable with its value; `id` is a UUID. */
  async read(id: string): Promise<DeploymentEnvVarWithValue | undefined> {
    const { rows: [row] } = await this.#backend.database.query<
      DeploymentEnvVar & { stored: string }
    >(
      `SELECT ${COLUMNS}, value_ciphertext AS stored FROM deployments.env_vars WHERE id = $1`,
      [id],
    );
    if (!row) return undefined;
    const { stored, ...envVar } = row;
    return { ...envVar, value: await (await this.#open()).decrypt(stored) };
  }

  /** Sets variables, all or none. */
  async set(envVars: readonly EnvVar[]): Promise<void> {
    const cipher = await this.#open();
    const values = await Promise.all(envVars.map(({ value }) => cipher.encrypt(value)));
    await this.#backend.database.query(
      `INSERT INTO deployments.env_vars (key, value_ciphertext)
      SELECT * FROM unnest($1::text[], $2::text[])
      ON CONFLICT (key) DO UPDATE
      SET value_ciphertext = excluded.value_ciphertext, updated_at = now()`,
      [envVars.map(({ key }) => key), values],
    );
  }

  /** Removes a variable; false when there is none. */
  async remove(id: string): Promise<boolean> {
    const { rowCount } = await this.#backend.database.query(
      "DELETE FROM deployments.env_vars WHERE id = $1",
      [id],
    );
    return rowCount === 1;
  }

  #open(): ReturnType<typeof openCipher> {
    return this.#cipher ??= openCipher(this.#backend.keys.jwtSecret);
  }
}

const COLUMNS =
  `id, key, type, floor(extract(epoch FROM updated_at) * 1000)::float8 AS "updatedAt"`;
