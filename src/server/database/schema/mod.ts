import type { Session } from "../session.ts";
import { appAccessSql } from "./app_access.ts";
import { authSql } from "./auth.ts";
import { deploymentsSql } from "./deployments.ts";
import { functionsSql } from "./functions.ts";
import { managedTablesSql } from "./managed_tables.ts";
import { paymentsSql } from "./payments.ts";
import { razorpaySql } from "./payments_razorpay.ts";
import { stripeSql } from "./payments_stripe.ts";
import { mailSql } from "./mail.ts";
import { realtimeSql } from "./realtime.ts";
import { realtimeMessagesSql } from "./realtime_messages.ts";
import { rolesSql } from "./roles.ts";
import { schedulesSql } from "./schedules.ts";
import { signInSql } from "./sign_in.ts";
import { storageSql } from "./storage.ts";
import { systemSql } from "./system.ts";

/**
 * The internal schemas, in the order in which they are applied, each once and under its name for
 * ever: what has been released is never edited, a later change is a new entry.
 */
const steps: readonly { name: string; sql: string }[] = [
  { name: "roles", sql: rolesSql },
  { name: "system", sql: systemSql },
  { name: "auth", sql: authSql },
  { name: "storage", sql: storageSql },
  { name: "functions", sql: functionsSql },
  { name: "schedules", sql: schedulesSql },
  { name: "deployments", sql: deploymentsSql },
  { name: "realtime", sql: realtimeSql },
  { name: "sign_in", sql: signInSql },
  { name: "app_access", sql: appAccessSql },
  { name: "realtime_messages", sql: realtimeMessagesSql },
  { name: "payments", sql: paymentsSql },
  { name: "payments_stripe", sql: stripeSql },
  { name: "payments_razorpay", sql: razorpaySql },
  { name: "managed_tables", sql: managedTablesSql },
  { name: "mail", sql: mailSql },
];

/** A text that changes whenever the internal schemas do. */
export function schemaFingerprint(): string {
  return JSON.stringify(steps);
}

/** Applies the steps that this database has not seen, each in a transaction of its own. */
export async function applySchema(session: Session): Promise<void> {
  const applied = await appliedSteps(session);
  for (const { name, sql } of steps) {
    if (applied.has(name)) continue;
    await session.run({
      sql: `BEGIN; ${sql}; INSERT INTO system.local_schema VALUES ('${name}'); COMMIT`,
    });
  }
}

async function appliedSteps(session: Session): Promise<Set<string>> {
  const known = await rows(session, "SELECT to_regclass('system.local_schema') AS name");
  if (!known[0]?.name) return new Set();
  return new Set(
    (await rows(session, "SELECT name FROM system.local_schema")).map(({ name }) => name!),
  );
}

async function rows(session: Session, sql: string): Promise<{ name: string | null }[]> {
  return JSON.parse(new TextDecoder().decode((await session.run({ sql })).rows));
}
