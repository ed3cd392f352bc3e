import type {
  DatabaseMetadataSchema,
  EdgeFunctionMetadataSchema,
  RealtimeChannel,
  RealtimeMetadataSchema,
  StorageMetadataSchema,
} from "../../shared/contract/backend.ts";
import type { Transaction } from "../database/client.ts";
import { countRowsOfAll } from "../database/describe_table.ts";
import { CHANNELS_SQL } from "../realtime/channels.ts";
import { realtimePermissions } from "../realtime/permissions.ts";

const BYTES_PER_GIGABYTE = 1024 ** 3;

/** Tables of `public` with their exact row counts, and the size of the whole database. */
export async function databaseMetadata(transaction: Transaction): Promise<DatabaseMetadataSchema> {
  const { rows: names } = await transaction.query<{ name: string }>(
    "SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public' ORDER BY 1",
  );
  const tableNames = names.map(({ name }) => name);
  const counts = await countRowsOfAll(transaction, "public", tableNames);
  const tables = tableNames.map((tableName, n) => ({ tableName, recordCount: counts[n]! }));
  const { rows: [size] } = await transaction.query<{ bytes: string }>(
    "SELECT pg_database_size(current_database()) AS bytes",
  );
  return {
    tables,
    totalSizeInGB: Number(size!.bytes) / BYTES_PER_GIGABYTE,
    hint: "GET /api/database/tables/{table}/schema describes one table.",
  };
}

/** Buckets with the number of their objects, and the size of all objects. */
export async function storageMetadata({ query }: Transaction): Promise<StorageMetadataSchema> {
  const { rows: buckets } = await query<StorageMetadataSchema["buckets"][number]>(
    `SELECT b.name, b.public, b.created_at AS "createdAt", count(o.key)::int4 AS "objectCount"
     FROM storage.buckets b LEFT JOIN storage.objects o ON o.bucket = b.name
     GROUP BY b.name ORDER BY b.name`,
  );
  const { rows: [size] } = await query<{ bytes: string }>(
    "SELECT coalesce(sum(size), 0) AS bytes FROM storage.objects",
  );
  return { buckets, totalSizeInGB: Number(size!.bytes) / BYTES_PER_GIGABYTE };
}

/** Functions, newest first. */
export async function functionsMetadata(
  { query }: Transaction,
): Promise<EdgeFunctionMetadataSchema[]> {
  const { rows } = await query<EdgeFunctionMetadataSchema>(
    "SELECT slug, name, description, status FROM functions.definitions ORDER BY created_at DESC, slug",
  );
  return rows;
}

/** Channels, and the policies that decide who may listen and who may send. */
export async function realtimeMetadata(transaction: Transaction): Promise<RealtimeMetadataSchema> {
  return {
    channels: (await transaction.query<RealtimeChannel>(CHANNELS_SQL)).rows,
    permissions: await realtimePermissions(transaction),
  };
}
