import type { Database } from "../database/client.ts";
import type { Keys } from "../keys/keys.ts";
import { openCipher } from "./cipher.ts";

/** A secret without its value, as the API shows it. */
export interface Secret {
  id: string;
  key: string;
  isActive: boolean;
  isReserved: boolean;
  lastUsedAt: string | null;
  expiresAt: string | null;
  createdAt: string;
  updatedAt: string;
}

/** What may be changed of a secret; `expiresAt: null` takes the expiry away. */
export interface SecretChanges {
  value?: string;
  isActive?: boolean;
  isReserved?: boolean;
  expiresAt?: string | null;
}

const COLUMNS = `id, key, is_active AS "isActive", is_reserved AS "isReserved",
  last_used_at AS "lastUsedAt", expires_at AS "expiresAt", created_at AS "createdAt",
  updated_at AS "updatedAt"`;

/** What of the backend the secrets need. */
interface Backend {
  readonly database: Database;
  readonly keys: Keys;
  readonly url: string;
  clock(): Date;
}

/** The project's secrets (contract sections 9 and 16.2). Expiry follows the backend's clock. */
export class SecretStore {
  readonly #backend: Backend;
  #cipher?: ReturnType<typeof openCipher>;
  /** What {@link active} answers until a time, while the server's keys are these. */
  #active?: {
    readonly values: Record<string, string>;
    readonly until: number;
    readonly of: string;
  };

  constructor(backend: Backend) {
    this.#backend = backend;
  }

  /** The secrets that the server itself has; they can be read and not changed. */
  reserved(): Record<string, string> {
    const { keys, url } = this.#backend;
    return {
      API_KEY: keys.apiKey,
      ANON_KEY: keys.anonKey,
      INSFORGE_BASE_URL: url,
      INSFORGE_INTERNAL_URL: url,
      JWT_SECRET: keys.jwtSecret,
    };
  }

  /** All secrets, newest first, inactive ones included. */
  async list(): Promise<Secret[]> {
    const read = () =>
      this.#backend.database.remembered<Secret>(
        `SELECT ${COLUMNS} FROM system.secrets ORDER BY created_at DESC, key`,
      );
    const secrets = await read();
    const there = new Set(secrets.map(({ key }) => key));
    if (Object.keys(this.reserved()).every((key) => there.has(key))) return secrets;
    await this.#seed();
    return await read();
  }

  /** One secret, active or not. */
  async find(key: string): Promise<Secret | undefined> {
    await this.#seed();
    const { rows } = await this.#backend.database.query<Secret>(
      `SELECT ${COLUMNS} FROM system.secrets WHERE key = $1`,
      [key],
    );
    return rows[0];
  }

  /** The value of an active, unexpired secret; notes that it was used. */
  async read(key: string): Promise<string | undefined> {
    await this.#seed();
    const own = this.reserved()[key];
    const { rows } = await this.#backend.database.query<{ stored: string }>(
      `UPDATE system.secrets SET last_used_at = $2
      WHERE key = $1 AND is_active AND (expires_at IS NULL OR expires_at > $2)
      RETURNING value_ciphertext AS stored`,
      [key, this.#now()],
    );
    const [found] = rows;
    return found && (own ?? await (await this.#open()).decrypt(found.stored));
  }

  /** The values of all active, unexpired secrets, as functions see them: the same object until one
   * changes.
   */
  async active(): Promise<Record<string, string>> {
    const now = this.#backend.clock().getTime();
    const { apiKey, anonKey } = this.#backend.keys;
    const known = this.#active;
    if (known && now < known.until && known.of === apiKey + anonKey) return known.values;
    const { values, until } = await this.#readActive();
    this.#active = { values: { ...values, ...this.reserved() }, until, of: apiKey + anonKey };
    return this.#active.values;
  }

  async #readActive() {
    const [{ rows }, cipher] = await Promise.all([
      this.#backend.database.query<{ key: string; stored: string; expires: string | null }>(
        `SELECT key, value_ciphertext AS stored, expires_at AS expires FROM system.secrets
        WHERE is_active AND value_ciphertext <> '' AND (expires_at IS NULL OR expires_at > $1)
        ORDER BY key`,
        [this.#now()],
      ),
      this.#open(),
    ]);
    const values: Record<string, string> = {};
    for (const { key, stored } of rows) values[key] = await cipher.decrypt(stored);
    const ends = rows.flatMap(({ expires }) => expires ? [Date.parse(expires)] : []);
    return { values, until: Math.min(Infinity, ...ends) };
  }

  /** Creates a secret, or revives an inactive one under its old id; an omitted expiry stays. */
  async create(
    secret: { key: string; value: string; isReserved: boolean; expiresAt?: string },
  ): Promise<string> {
    const stored = await (await this.#open()).encrypt(secret.value);
    const { rows } = await this.#backend.database.query<{ id: string }>(
      `INSERT INTO system.secrets (key, value_ciphertext, is_reserved, expires_at)
      VALUES ($1, $2, $3, $4)
      ON CONFLICT (key) DO UPDATE SET value_ciphertext = excluded.value_ciphertext,
        is_active = true, is_reserved = excluded.is_reserved,
        expires_at = coalesce(excluded.expires_at, system.secrets.expires_at), updated_at = now()
      RETURNING id`,
      [secret.key, stored, secret.isReserved, secret.expiresAt ?? null],
    );
    this.#active = undefined;
    return rows[0]!.id;
  }

  /** Changes what is given. */
  async update(key: string, changes: SecretChanges): Promise<void> {
    const { value, isActive, isReserved, expiresAt } = changes;
    const stored = value === undefined ? null : await (await this.#open()).encrypt(value);
    await this.#backend.database.query(
      `UPDATE system.secrets SET value_ciphertext = coalesce($2, value_ciphertext),
        is_active = coalesce($3, is_active), is_reserved = coalesce($4, is_reserved),
        expires_at = CASE WHEN $5 THEN $6::timestamptz ELSE expires_at END, updated_at = now()
      WHERE key = $1`,
      [
        key,
        stored,
        isActive ?? null,
        isReserved ?? null,
        expiresAt !== undefined,
        expiresAt ?? null,
      ],
    );
    this.#active = undefined;
  }

  /** Rows for the server's own secrets: only their being there is stored, never their values. */
  async #seed(): Promise<void> {
    const keys = Object.keys(this.reserved());
    await this.#backend.database.query(
      `INSERT INTO system.secrets (key, value_ciphertext, is_reserved)
      SELECT key, '', true FROM unnest($1::text[]) AS key ON CONFLICT (key) DO NOTHING`,
      [keys],
    );
  }

  #open(): ReturnType<typeof openCipher> {
    return this.#cipher ??= openCipher(this.#backend.keys.jwtSecret);
  }

  #now(): string {
    return this.#backend.clock().toISOString();
  }
}
