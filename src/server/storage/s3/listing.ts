import type { Database } from "../../database/client.ts";

/** An object of a listing. */
export interface ListedObject {
  readonly key: string;
  readonly size: number;
  readonly etag: string;
  readonly uploadedAt: string;
}

/** What is asked for. */
export interface ListRequest {
  readonly bucket: string;
  readonly prefix: string;
  /** What ends a folder's name; without it there are no folders. */
  readonly delimiter: string;
  /** Only what comes after this key, or after this folder with all that is in it. */
  readonly after: string;
  readonly limit: number;
}

/** A page of a bucket: objects and folders, in the order of their names. */
export interface Listing {
  readonly objects: readonly ListedObject[];
  readonly folders: readonly string[];
  /** What the next page comes after; none when this is the last one. */
  readonly next?: string;
}

/** Sorts after every key that begins with what stands before it. */
const LAST = "\u{10FFFF}";

/** Lists a page; a folder counts as one, however many objects it holds, and is passed over. */
export async function listPage(database: Database, request: ListRequest): Promise<Listing> {
  const { limit } = request;
  const objects: ListedObject[] = [];
  const folders: string[] = [];
  if (limit === 0) return { objects, folders };
  let shown = request.after;
  let after = folderOf(shown, request) === shown ? shown + LAST : shown;
  for (;;) {
    const wanted = limit - objects.length - folders.length + 1;
    const rows = await rowsAfter(database, { ...request, after, limit: wanted });
    for (const row of rows) {
      const folder = folderOf(row.key, request);
      if (folder !== undefined && folder === folders.at(-1)) continue;
      if (objects.length + folders.length === limit) return { objects, folders, next: shown };
      if (folder === undefined) objects.push(row);
      else folders.push(folder);
      shown = folder ?? row.key;
    }
    if (rows.length < wanted) return { objects, folders };
    const last = rows.at(-1)!.key;
    const lastFolder = folderOf(last, request);
    after = lastFolder === undefined ? last : lastFolder + LAST;
  }
}

/** The folder below the prefix that a key is in. */
function folderOf(key: string, { prefix, delimiter }: ListRequest): string | undefined {
  if (delimiter === "" || !key.startsWith(prefix)) return undefined;
  const end = key.indexOf(delimiter, prefix.length);
  return end < 0 ? undefined : key.slice(0, end + delimiter.length);
}

async function rowsAfter(
  database: Database,
  { bucket, prefix, after, limit }: ListRequest,
): Promise<ListedObject[]> {
  const { rows } = await database.query<ListedObject>(
    `SELECT key, size::float8 AS size, etag, uploaded_at AS "uploadedAt" FROM storage.objects
    WHERE bucket = $1 AND starts_with(key, $2)
      AND key COLLATE "C" >= $2 AND key COLLATE "C" > $3
    ORDER BY key COLLATE "C" LIMIT $4::int`,
    [bucket, prefix, after, limit],
  );
  return rows;
}
