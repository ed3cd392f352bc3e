/** How the tables of payments are written. */
import type { SessionOptions, StatementInput } from "../database/messages.ts";

/**
 * The session of what the server writes to `payments`, whose triggers are the project owner's: who
 * else has that role is refused (database/schema/payments_writes.ts).
 */
export const PAYMENTS_SESSION: SessionOptions = {
  role: "project_admin",
  settings: { "insforge.writes_payments": "on" },
};

/** Values by the names of their columns. */
export type Row = Readonly<Record<string, unknown>>;

/** The statement that adds rows, or changes those with the same key; none for no rows. */
export function upsert(
  table: string,
  key: readonly string[],
  rows: readonly Row[],
): StatementInput[] {
  const [first] = rows;
  if (!first) return [];
  const columns = Object.keys(first);
  const changes = columns.filter((name) => !key.includes(name)).map((name) =>
    `${name} = excluded.${name}`
  );
  return [{
    sql: `INSERT INTO payments.${table} (${columns}) SELECT ${columns}
      FROM pg_catalog.jsonb_populate_recordset(NULL::payments.${table}, $1::jsonb)
      ON CONFLICT (${key}) DO UPDATE SET ${changes}, updated_at = pg_catalog.now()`,
    params: [JSON.stringify(rows)],
  }];
}

/** The statement that removes what of an environment Stripe does not list. */
export function removeMissing(
  table: string,
  column: string,
  environment: string,
  present: readonly string[],
): StatementInput {
  return {
    sql: `DELETE FROM payments.${table} WHERE environment = $1 AND ${column} <> ALL ($2::text[])`,
    params: [environment, present],
  };
}
