import type { RealtimePermissionsResponse, RlsPolicy } from "../../shared/contract/backend.ts";
import type { Transaction } from "../database/client.ts";

/** The policies that decide who may subscribe (on channels) and publish (on messages). */
export async function realtimePermissions(
  database: Pick<Transaction, "query">,
): Promise<RealtimePermissionsResponse> {
  const { rows } = await database.query<RlsPolicy>(
    `SELECT policyname::text AS "policyName", tablename::text AS "tableName", cmd AS command,
       roles::text[] AS roles, qual AS using, with_check AS "withCheck"
     FROM pg_policies WHERE schemaname = 'realtime' ORDER BY policyname`,
  );
  const of = (table: string) => ({ policies: rows.filter(({ tableName }) => tableName === table) });
  return { subscribe: of("channels"), publish: of("messages") };
}
