import { ApiError, DatabaseError } from "../http/api_error.ts";
import { type Identity, sessionOf } from "../http/identity.ts";
import type { SessionOptions } from "../database/messages.ts";
import type { Database } from "../database/client.ts";
import type { LocalBackend } from "../services.ts";

/** A bucket as the contract shows it (section 7.1). */
export interface Bucket {
  readonly name: string;
  readonly public: boolean;
  readonly createdAt: string;
}

/** What is kept of an object beside its content. */
export interface StoredObject {
  readonly bucket: string;
  readonly key: string;
  readonly size: number;
  readonly mimeType: string;
  readonly uploadedAt: string;
  readonly etag: string;
  /** The name of the file that holds the content. */
  readonly fileId: string;
  /** Headers that an upload by S3 asked to have back; without any from elsewhere. */
  readonly headers?: Readonly<Record<string, string>> | null;
}

/** An object that is stored. */
export type NewObject = Omit<StoredObject, "uploadedAt">;

/** The columns that a listing repeats (contract section 7.2). */
const RAW = `bucket, key, size::float8 AS size, mime_type, uploaded_at, uploaded_by, uploaded_via,
  s3_access_key_id, etag`;
const COLUMNS = `bucket, key, size::float8 AS size, mime_type AS "mimeType",
  uploaded_at AS "uploadedAt", etag, file_id AS "fileId", headers`;

/** Who made an object stays its owner when its content is replaced. */
const PUT = `INSERT INTO storage.objects (bucket, key, size, mime_type, etag, file_id, headers,
    uploaded_by, uploaded_at, uploaded_via, s3_access_key_id)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
  ON CONFLICT (bucket, key) DO UPDATE SET size = excluded.size, mime_type = excluded.mime_type,
    etag = excluded.etag, file_id = excluded.file_id, headers = excluded.headers,
    uploaded_at = excluded.uploaded_at, uploaded_via = excluded.uploaded_via,
    s3_access_key_id = excluded.s3_access_key_id`;

/** The same, and the file of the object before: PostgreSQL 15 has no other name for that. */
const PUT_AND_TELL = `${PUT} RETURNING (
    SELECT o.file_id FROM storage.objects o WHERE o.bucket = $1 AND o.key = $2
  ) AS replaced`;

const FIND = `SELECT ${COLUMNS} FROM storage.objects WHERE bucket = $1 AND key = $2`;

/**
 * Writes of one thing, by one server or several, come one after another: each sees what the one
 * before it wrote, and so knows which content it replaces.
 */
export const TAKE_TURN = "SELECT pg_advisory_xact_lock(hashtextextended($1 || '/' || $2, 0))";

/** Those of its objects, and of uploads in parts that have not ended. */
const FILES_OF_BUCKET = `SELECT file_id AS "fileId" FROM storage.objects WHERE bucket = $1 UNION ALL
  SELECT file_id FROM storage.s3_upload_parts JOIN storage.s3_uploads ON id = upload
  WHERE bucket = $1`;

/**
 * Buckets and objects in the database. Callers see and change objects as their role and policies
 * allow.
 */
export class StorageStore {
  readonly #database: Database;
  readonly #clock: () => Date;

  constructor({ database, clock }: Pick<LocalBackend, "database" | "clock">) {
    this.#database = database;
    this.#clock = clock;
  }

  async buckets(): Promise<Bucket[]> {
    return await this.#database.remembered<Bucket>(
      `SELECT name, public, created_at AS "createdAt" FROM storage.buckets ORDER BY name`,
    );
  }

  async bucket(name: string): Promise<Bucket | undefined> {
    const { rows } = await this.#database.query<Bucket>(
      `SELECT name, public, created_at AS "createdAt" FROM storage.buckets WHERE name = $1`,
      [name],
    );
    return rows[0];
  }

  /** What an upload into a bucket must know beforehand, in one statement. */
  async limits(bucket: string): Promise<{ maxBytes: number; hasBucket: boolean }> {
    const { rows: [row] } = await this.#database.query<
      { maxFileSizeMb: number; hasBucket: boolean }
    >(
      `SELECT max_file_size_mb AS "maxFileSizeMb",
        EXISTS (SELECT FROM storage.buckets WHERE name = $1) AS "hasBucket" FROM storage.config`,
      [bucket],
    );
    return { maxBytes: row!.maxFileSizeMb * 1024 ** 2, hasBucket: row!.hasBucket };
  }

  /** False when there is one of this name. */
  async createBucket(name: string, isPublic: boolean): Promise<boolean> {
    const { rowCount } = await this.#database.query(
      `INSERT INTO storage.buckets (name, public, created_at, updated_at) VALUES ($1, $2, $3, $3)
      ON CONFLICT DO NOTHING`,
      [name, isPublic, this.#clock()],
    );
    return rowCount === 1;
  }

  /** False when there is no such bucket. */
  async updateBucket(name: string, isPublic: boolean): Promise<boolean> {
    const { rowCount } = await this.#database.query(
      "UPDATE storage.buckets SET public = $2, updated_at = $3 WHERE name = $1",
      [name, isPublic, this.#clock()],
    );
    return rowCount === 1;
  }

  /**
   * Removes a bucket with its objects, and answers the files that these had; nothing when there is
   * no such bucket.
   */
  async deleteBucket(name: string): Promise<string[] | undefined> {
    return await this.#database.transaction(async ({ query }) => {
      const { rows } = await query<{ fileId: string }>(FILES_OF_BUCKET, [name]);
      const { rowCount } = await query("DELETE FROM storage.buckets WHERE name = $1", [name]);
      return rowCount === 1 ? rows.map(({ fileId }) => fileId) : undefined;
    });
  }

  /** The same for a bucket without objects; nothing, and nothing done, when it has some. */
  async deleteEmptyBucket(name: string): Promise<string[] | undefined> {
    return await this.#database.transaction(async ({ query }) => {
      const { rows } = await query<{ fileId: string }>(FILES_OF_BUCKET, [name]);
      const { rowCount } = await query(
        `DELETE FROM storage.buckets
        WHERE name = $1 AND NOT EXISTS (SELECT FROM storage.objects WHERE bucket = $1)`,
        [name],
      );
      return rowCount === 1 ? rows.map(({ fileId }) => fileId) : undefined;
    });
  }

  /** What S3 clients set for a bucket that is there. */
  async settings(name: string): Promise<{ corsRules: unknown[] | null; versioningStatus: string }> {
    const { rows: [row] } = await this.#database.query<
      { corsRules: unknown[] | null; versioningStatus: string }
    >(
      `SELECT cors_rules AS "corsRules", versioning_status AS "versioningStatus"
      FROM storage.buckets WHERE name = $1`,
      [name],
    );
    return row!;
  }

  async setCorsRules(name: string, rules: readonly unknown[] | null): Promise<void> {
    await this.#database.query(
      "UPDATE storage.buckets SET cors_rules = $2, updated_at = $3 WHERE name = $1",
      [name, rules && JSON.stringify(rules), this.#clock()],
    );
  }

  async setVersioning(name: string, status: string): Promise<void> {
    await this.#database.query(
      "UPDATE storage.buckets SET versioning_status = $2, updated_at = $3 WHERE name = $1",
      [name, status, this.#clock()],
    );
  }

  /** A page of the objects whose keys begin with `prefix` and hold `search`, by key. */
  async list(
    identity: Identity,
    bucket: string,
    page: { prefix: string; search: string; limit: number; offset: number },
  ): Promise<{ objects: Record<string, unknown>[]; total: number }> {
    const { prefix, search, limit, offset } = page;
    const where = "bucket = $1 AND starts_with(key, $2) AND strpos(key, $3) > 0";
    const [counted, { rows }] = await this.#database.transaction(async ({ query }) => [
      await query<{ total: string }>(
        `SELECT count(*) AS total FROM storage.objects WHERE ${where}`,
        [bucket, prefix, search],
      ),
      await query(
        `SELECT ${RAW} FROM storage.objects WHERE ${where}
        ORDER BY key COLLATE "C" LIMIT $4::int OFFSET $5::int`,
        [bucket, prefix, search, limit, offset],
      ),
    ], storageSession(identity));
    return { objects: rows, total: Number(counted.rows[0]!.total) };
  }

  /** An object as the caller sees it; without an identity, whoever may see it. */
  async find(bucket: string, key: string, identity?: Identity): Promise<StoredObject | undefined> {
    try {
      const { rows } = await this.#database.query<StoredObject>(
        FIND,
        [bucket, key],
        identity && storageSession(identity),
      );
      return rows[0];
    } catch (error) {
      if (isDenied(error)) return undefined;
      throw error;
    }
  }

  /**
   * Makes or replaces an object.
   * @param settings `accessKeyId` is the key of S3 that it came by; `accept` looks at the object
   * that is replaced, which no other write changes until then, and throws unless it may be
   * @returns the object, and the file that the one before it had
   * @throws {ApiError} 403 when the caller may not
   */
  async put(
    identity: Identity,
    object: NewObject,
    { accessKeyId, accept }: {
      accessKeyId?: string;
      accept?: (before: StoredObject | undefined) => void;
    } = {},
  ): Promise<{ object: StoredObject; replaced?: string }> {
    const uploadedAt = this.#clock();
    const place = [object.bucket, object.key];
    const turn = { sql: TAKE_TURN, params: place };
    const write = {
      sql: PUT_AND_TELL,
      params: putParameters(identity, object, uploadedAt, accessKeyId),
    };
    const session = storageSession(identity);
    const { rows: [row] } = await allowed(() =>
      accept
        ? this.#database.transaction(async ({ query }) => {
          await query(turn.sql, turn.params);
          accept((await query<StoredObject>(FIND, place)).rows[0]);
          return await query<{ replaced: string | null }>(write.sql, write.params);
        }, session)
        : this.#database.queryLast<{ replaced: string | null }>([turn, write], session)
    );
    const stored = { ...object, uploadedAt: uploadedAt.toISOString() };
    return { object: stored, replaced: row!.replaced ?? undefined };
  }

  /** @throws {ApiError} 403 when the caller may not make or replace an object */
  async requireWritable(
    identity: Identity,
    object: Pick<StoredObject, "bucket" | "key" | "size" | "mimeType">,
  ): Promise<void> {
    if (identity.role === "project_admin") return;
    const probe = { ...object, etag: "", fileId: crypto.randomUUID() };
    const params = putParameters(identity, probe, this.#clock());
    await allowed(() =>
      this.#database.runAndRollBack({ sql: PUT, params }, storageSession(identity))
    );
  }

  /** Removes objects, and answers those that were there with their files. @throws {ApiError} 403 */
  async delete(
    identity: Identity,
    bucket: string,
    keys: readonly string[],
  ): Promise<{ key: string; fileId: string }[]> {
    const remove = () =>
      this.#database.query<{ key: string; fileId: string }>(
        `DELETE FROM storage.objects WHERE bucket = $1 AND key = ANY ($2::text[])
        RETURNING key, file_id AS "fileId"`,
        [bucket, keys],
        storageSession(identity),
      );
    return (await allowed(remove)).rows;
  }

  /** The files that objects have, and parts of uploads. */
  async fileIds(): Promise<Set<string>> {
    const { rows } = await this.#database.query<{ fileId: string }>(
      `SELECT file_id AS "fileId" FROM storage.objects UNION ALL
      SELECT file_id FROM storage.s3_upload_parts`,
    );
    return new Set(rows.map(({ fileId }) => fileId));
  }

  /** The settings of storage (contract section 7.6). */
  async config(): Promise<
    { id: string; maxFileSizeMb: number; createdAt: string; updatedAt: string }
  > {
    const { rows } = await this.#database.query<Awaited<ReturnType<StorageStore["config"]>>>(
      `SELECT id, max_file_size_mb AS "maxFileSizeMb", created_at AS "createdAt", updated_at AS "updatedAt"
      FROM storage.config`,
    );
    return rows[0]!;
  }

  async setMaxFileSize(megabytes: number): Promise<void> {
    await this.#database.query(
      "UPDATE storage.config SET max_file_size_mb = $1, updated_at = $2",
      [megabytes, this.#clock()],
    );
  }
}

/** The project's owner administers storage as the superuser (contract section 16.5). */
function storageSession(identity: Identity): SessionOptions {
  return identity.role === "project_admin" ? {} : sessionOf(identity);
}

function putParameters(
  { userId }: Identity,
  { bucket, key, size, mimeType, etag, fileId, headers }: NewObject,
  uploadedAt: Date,
  accessKeyId?: string,
): unknown[] {
  const kept = headers ? JSON.stringify(headers) : null;
  const via = accessKeyId ? "s3" : "rest";
  return [
    ...[bucket, key, size, mimeType, etag, fileId, kept],
    ...[userId ?? null, uploadedAt, via, accessKeyId ?? null],
  ];
}

/** Whether row security or a missing grant refused something. */
function isDenied(error: unknown): boolean {
  return error instanceof DatabaseError && error.sqlstate === "42501";
}

/** What row security or a missing grant refuses has a code of its own in storage. */
async function allowed<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!isDenied(error)) throw error;
    throw new ApiError(
      403,
      "STORAGE_PERMISSION_DENIED",
      "This caller may not change the object",
      "Sign in, or check the policies on storage.objects.",
    );
  }
}
