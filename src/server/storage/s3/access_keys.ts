import type {
  S3AccessKeySchema,
  S3AccessKeyWithSecretSchema,
} from "../../../shared/contract/backend.ts";
import { ApiError } from "../../http/api_error.ts";
import { isUuid } from "../../http/validate.ts";
import { openCipher } from "../../secrets/cipher.ts";
import type { LocalBackend } from "../../services.ts";

const MOST_KEYS = 50;
const ID_CHARACTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
const ID_LENGTH = 16;
const SECRET_BYTES = 30;
/** Milliseconds that pass until another use of a key is noted. */
const NOTED_FOR_MS = 60_000;

const COLUMNS = `id, access_key_id AS "accessKeyId", description, created_at AS "createdAt",
  last_used_at AS "lastUsedAt"`;

/** The keys that requests of S3 are signed with; their secrets rest encrypted (section 18.1). */
export class AccessKeys {
  readonly #backend: Pick<LocalBackend, "database" | "keys" | "clock">;
  /** When a use was noted last, in milliseconds, by id. */
  readonly #noted = new Map<string, number>();

  constructor(backend: Pick<LocalBackend, "database" | "keys" | "clock">) {
    this.#backend = backend;
  }

  /** All of them without their secrets, the newest first. */
  async list(): Promise<S3AccessKeySchema[]> {
    const { rows } = await this.#backend.database.query<S3AccessKeySchema>(
      `SELECT ${COLUMNS} FROM storage.s3_access_keys ORDER BY created_at DESC, id`,
    );
    return rows;
  }

  /** Makes one; its secret is told this once. @throws {ApiError} 400 when there are too many */
  async create(description: string | undefined): Promise<S3AccessKeyWithSecretSchema> {
    const accessKeyId = `INSF${randomText(ID_LENGTH)}`;
    const secretAccessKey = crypto.getRandomValues(new Uint8Array(SECRET_BYTES))
      .toBase64({ alphabet: "base64url" });
    const sealed = await (await this.#cipher()).encrypt(secretAccessKey);
    const { rows: [key] } = await this.#backend.database.query<S3AccessKeySchema>(
      `INSERT INTO storage.s3_access_keys
        (access_key_id, secret_access_key_encrypted, description, created_at)
      SELECT $1, $2, $3, $4::timestamptz
      WHERE (SELECT count(*) FROM storage.s3_access_keys) < $5::int
      RETURNING ${COLUMNS}`,
      [accessKeyId, sealed, description ?? null, this.#backend.clock(), MOST_KEYS],
    );
    if (key) return { ...key, secretAccessKey };
    throw new ApiError(
      400,
      "S3_ACCESS_KEY_LIMIT_EXCEEDED",
      `There are ${MOST_KEYS} access keys already`,
      "Delete one that is not used.",
    );
  }

  /** @throws {ApiError} 404 */
  async delete(id: string): Promise<void> {
    const sql = "DELETE FROM storage.s3_access_keys WHERE id = $1";
    const isGone = isUuid(id) && (await this.#backend.database.query(sql, [id])).rowCount === 1;
    if (isGone) return;
    throw new ApiError(404, "S3_ACCESS_KEY_NOT_FOUND", `There is no access key ${id}`);
  }

  /** The secret of a key, whose use is noted once it has turned out to be rightful. */
  async secretOf(accessKeyId: string): Promise<{ id: string; secret: string } | undefined> {
    const { rows: [key] } = await this.#backend.database.query<{ id: string; sealed: string }>(
      `SELECT id, secret_access_key_encrypted AS sealed FROM storage.s3_access_keys
      WHERE access_key_id = $1`,
      [accessKeyId],
    );
    return key && { id: key.id, secret: await (await this.#cipher()).decrypt(key.sealed) };
  }

  /** Notes that a key was used, once a minute. */
  async noteUse(id: string): Promise<void> {
    const now = this.#backend.clock();
    if (now.getTime() - (this.#noted.get(id) ?? 0) < NOTED_FOR_MS) return;
    this.#noted.set(id, now.getTime());
    const sql = "UPDATE storage.s3_access_keys SET last_used_at = $2 WHERE id = $1";
    await this.#backend.database.query(sql, [id, now]);
  }

  #cipher(): ReturnType<typeof openCipher> {
    return openCipher(this.#backend.keys.jwtSecret);
  }
}

function randomText(length: number): string {
  // The largest multiple of 36 that a byte holds, so that no character is likelier than another.
  let text = "";
  while (text.length < length) {
    const [byte] = crypto.getRandomValues(new Uint8Array(1));
    if (byte! < 252) text += ID_CHARACTERS[byte! % ID_CHARACTERS.length];
  }
  return text;
}
