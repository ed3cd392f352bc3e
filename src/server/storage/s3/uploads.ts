import { createHash } from "node:crypto";
import { DatabaseError } from "../../http/api_error.ts";
import { isUuid } from "../../http/validate.ts";
import type { LocalBackend } from "../../services.ts";
import type { ObjectFiles, StoredFile } from "../files.ts";
import { TAKE_TURN } from "../store.ts";
import { S3Error } from "./s3_error.ts";

/** Milliseconds after which an upload that nobody ended is given up. */
const LONGEST_MS = 7 * 24 * 60 * 60 * 1000;
const MOST_PARTS = 10_000;
/** Bytes that every part but the last has at least. */
const SMALLEST_PART = 5 * 1024 * 1024;

/** A part that was sent. */
export interface Part {
  readonly number: number;
  readonly fileId: string;
  readonly size: number;
  readonly etag: string;
  readonly createdAt: string;
}

/** An upload in parts that has begun. */
export interface Upload {
  readonly id: string;
  readonly bucket: string;
  readonly key: string;
  readonly mimeType: string;
  readonly kept: Readonly<Record<string, string>>;
  readonly createdAt: string;
}

const UPLOAD = `id, bucket, key, mime_type AS "mimeType", headers AS kept,
  created_at AS "createdAt"`;
const PART = `number, file_id AS "fileId", size::float8 AS size, etag, created_at AS "createdAt"`;

/** Uploads in parts, kept in the database until they end. */
export class Uploads {
  readonly #backend: Pick<LocalBackend, "database" | "clock">;
  readonly #files: ObjectFiles;

  constructor(backend: Pick<LocalBackend, "database" | "clock">, files: ObjectFiles) {
    this.#backend = backend;
    this.#files = files;
  }

  /** Begins one. @returns its id */
  async begin(upload: Pick<Upload, "bucket" | "key" | "mimeType" | "kept">): Promise<string> {
    await this.#removeOld();
    const { bucket, key, mimeType, kept } = upload;
    const { rows: [begun] } = await this.#backend.database.query<{ id: string }>(
      `INSERT INTO storage.s3_uploads (bucket, key, mime_type, headers, created_at)
      VALUES ($1, $2, $3, $4, $5) RETURNING id`,
      [bucket, key, mimeType, JSON.stringify(kept), this.#backend.clock()],
    );
    return begun!.id;
  }

  /** The one of an object with this id. @throws {S3Error} NoSuchUpload */
  async find(bucket: string, key: string, id: string): Promise<Upload> {
    const sql =
      `SELECT ${UPLOAD} FROM storage.s3_uploads WHERE id = $1 AND bucket = $2 AND key = $3`;
    const { rows: [upload] } = isUuid(id)
      ? await this.#backend.database.query<Upload>(sql, [id, bucket, key])
      : { rows: [] };
    if (upload) return upload;
    throw noSuchUpload();
  }

  /** Those of a bucket that have not ended, by key and id. */
  async list(
    bucket: string,
    { prefix, keyMarker, idMarker, limit }: {
      readonly prefix: string;
      /** Only what comes after this key, or is of it and comes after `idMarker`. */
      readonly keyMarker: string;
      readonly idMarker: string;
      readonly limit: number;
    },
  ): Promise<Upload[]> {
    const { rows } = await this.#backend.database.query<Upload>(
      `SELECT ${UPLOAD} FROM storage.s3_uploads WHERE bucket = $1 AND starts_with(key, $2)
        AND (key COLLATE "C" > $3 OR key = $3 AND $4 <> '' AND id::text > $4)
      ORDER BY key COLLATE "C", id::text LIMIT $5::int`,
      [bucket, prefix, keyMarker, idMarker, limit],
    );
    return rows;
  }

  /** The parts of one, by number. */
  async parts(upload: Upload, after = 0, limit = MOST_PARTS): Promise<Part[]> {
    const { rows } = await this.#backend.database.query<Part>(
      `SELECT ${PART} FROM storage.s3_upload_parts WHERE upload = $1 AND number > $2::int
      ORDER BY number LIMIT $3::int`,
      [upload.id, after, limit],
    );
    return rows;
  }

  /** @throws {S3Error} InvalidArgument for what is no number of a part */
  static partNumber(text: string | undefined): number {
    const number = /^\d{1,5}$/.test(text ?? "") ? Number(text) : 0;
    if (number >= 1 && number <= MOST_PARTS) return number;
    throw new S3Error("InvalidArgument", `Parts have numbers from 1 to ${MOST_PARTS}`);
  }

  /** Keeps a part in the place of an earlier one of this number; the file goes if it cannot. */
  async addPart(upload: Upload, number: number, file: StoredFile): Promise<Part> {
    const { id: fileId, size, etag } = file;
    try {
      const { rows: [row] } = await this.#backend.database.queryLast<Part & { replaced?: string }>([
        { sql: TAKE_TURN, params: [upload.id, String(number)] },
        {
          sql:
            `INSERT INTO storage.s3_upload_parts (upload, number, file_id, size, etag, created_at)
          VALUES ($1, $2, $3, $4, $5, $6)
          ON CONFLICT (upload, number) DO UPDATE SET file_id = excluded.file_id,
            size = excluded.size, etag = excluded.etag, created_at = excluded.created_at
          RETURNING ${PART}, (
            SELECT p.file_id FROM storage.s3_upload_parts p WHERE p.upload = $1 AND p.number = $2
          ) AS replaced`,
          params: [upload.id, number, fileId, size, etag, this.#backend.clock()],
        },
      ]);
      const { replaced, ...part } = row!;
      if (replaced) await this.#files.remove([replaced]);
      return part;
    } catch (error) {
      await this.#files.remove([fileId]);
      const hasEnded = error instanceof DatabaseError && error.sqlstate === "23503";
      throw hasEnded ? noSuchUpload() : error;
    }
  }

  /**
   * Puts the parts that are named together.
   * @returns the whole, whose etag is that of the parts with their number
   * @throws {S3Error} when one is missing, another than is named, too small or out of order
   */
  async join(
    upload: Upload,
    wanted: readonly { readonly number: number; readonly etag: string }[],
  ): Promise<Omit<StoredFile, "head">> {
    if (wanted.length === 0) throw new S3Error("MalformedXML", "No parts are named");
    const sent = new Map((await this.parts(upload)).map((part) => [part.number, part]));
    const parts = wanted.map(({ number, etag }, index) => {
      const part = sent.get(number);
      if (part?.etag !== etag) {
        throw new S3Error("InvalidPart", `Part ${number} was not sent, or is another one`);
      }
      if (index > 0 && number <= wanted[index - 1]!.number) {
        throw new S3Error("InvalidPartOrder", "Name the parts in the order of their numbers");
      }
      if (index < wanted.length - 1 && part.size < SMALLEST_PART) {
        throw new S3Error("EntityTooSmall", `Part ${number} has less than 5 MiB`);
      }
      return part;
    });
    const { id, size } = await this.#files.add(this.#contents(parts), Infinity);
    const hash = createHash("md5");
    for (const { etag } of parts) hash.update(Uint8Array.fromHex(etag));
    return { id, size, etag: `${hash.digest("hex")}-${parts.length}` };
  }

  /** Ends one, and removes its parts. */
  async end({ id }: Pick<Upload, "id">): Promise<void> {
    const { rows } = await this.#backend.database.query<{ fileId: string }>(
      `WITH ended AS (DELETE FROM storage.s3_uploads WHERE id = $1 RETURNING id)
      SELECT file_id AS "fileId" FROM storage.s3_upload_parts WHERE upload IN (TABLE ended)`,
      [id],
    );
    await this.#files.remove(rows.map(({ fileId }) => fileId));
  }

  async *#contents(parts: readonly Part[]): AsyncGenerator<Uint8Array> {
    for (const { fileId } of parts) yield* await this.#files.read(fileId);
  }

  async #removeOld(): Promise<void> {
    const oldest = new Date(this.#backend.clock().getTime() - LONGEST_MS);
    const { rows } = await this.#backend.database.query<{ id: string }>(
      "SELECT id FROM storage.s3_uploads WHERE created_at < $1",
      [oldest],
    );
    for (const upload of rows) await this.end(upload);
  }
}

function noSuchUpload(): S3Error {
  return new S3Error("NoSuchUpload", "There is no such upload, or it has ended");
}
