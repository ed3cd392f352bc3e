import type { Database } from "../../database/client.ts";
import { textContent } from "./body.ts";
import { empty, notImplemented, requireObject, type S3Request, xml } from "./request.ts";
import { S3Error } from "./s3_error.ts";
import { insides, textOf } from "./xml.ts";

const MOST_TAGS = 10;
const MAX_NAME = 128;
const MAX_VALUE = 256;

/** Reads, replaces or removes the tags of an object. */
export async function tagging(request: S3Request): Promise<Response> {
  const { method, backend: { database }, bucket, key, content } = request;
  await requireObject(request, request);
  switch (method) {
    case "GET":
      return xml("Tagging", { TagSet: { Tag: await readTags(database, bucket, key) } });
    case "PUT": {
      const document = await textContent(content);
      const tags = insides(document, "Tag").map((tag) =>
        [textOf(tag, "Key") ?? "", textOf(tag, "Value") ?? ""] as const
      );
      await writeTags(database, bucket, key, tags);
      return empty(200);
    }
    case "DELETE":
      await writeTags(database, bucket, key, []);
      return empty(204);
  }
  return notImplemented(request);
}

/** The tags of a header, in the form of a query. @throws {S3Error} InvalidTag */
export function tagsOfHeader(header: string): (readonly [string, string])[] {
  const tags = [...new URLSearchParams(header)];
  requireValid(tags);
  return tags;
}

async function readTags(
  database: Database,
  bucket: string,
  key: string,
): Promise<{ Key: string; Value: string }[]> {
  const { rows } = await database.query<{ Key: string; Value: string }>(
    `SELECT tag_key AS "Key", tag_value AS "Value" FROM storage.object_tags
    WHERE bucket = $1 AND key = $2 ORDER BY tag_key`,
    [bucket, key],
  );
  return rows;
}

/** Replaces the tags of an object. @throws {S3Error} InvalidTag */
export async function writeTags(
  database: Database,
  bucket: string,
  key: string,
  tags: readonly (readonly [string, string])[],
): Promise<void> {
  requireValid(tags);
  const names = tags.map(([name]) => name);
  const values = tags.map(([, value]) => value);
  await database.transaction(async ({ query }) => {
    await query("DELETE FROM storage.object_tags WHERE bucket = $1 AND key = $2", [bucket, key]);
    if (tags.length === 0) return;
    await query(
      `INSERT INTO storage.object_tags (bucket, key, tag_key, tag_value)
      SELECT $1, $2, tag.* FROM unnest($3::text[], $4::text[]) AS tag`,
      [bucket, key, names, values],
    );
  });
}

function requireValid(tags: readonly (readonly [string, string])[]): void {
  if (tags.length > MOST_TAGS) throw new S3Error("InvalidTag", `At most ${MOST_TAGS} tags`);
  if (new Set(tags.map(([name]) => name)).size < tags.length) {
    throw new S3Error("InvalidTag", "A tag is named twice");
  }
  const isWrong = tags.some(([name, value]) =>
    name === "" || name.length > MAX_NAME || value.length > MAX_VALUE || name.startsWith("aws:")
  );
  if (!isWrong) return;
  throw new S3Error(
    "InvalidTag",
    `Tags have names of 1 to ${MAX_NAME} characters without aws:, and values of ${MAX_VALUE}`,
  );
}
