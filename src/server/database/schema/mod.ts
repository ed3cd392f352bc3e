import { sha256Hex } from "../../keys/digest.ts";
import { OWN_PATH, type Session } from "../session.ts";
import { ADVISOR_SQL } from "./advisor.ts";
import { APP_ACCESS_SQL } from "./app_access.ts";
import { AUTH_SQL } from "./auth.ts";
import { DEPLOYMENTS_SQL } from "./deployments.ts";
import { EXTENSIONS_SQL, SERVER_EXTENSIONS_SQL } from "./extensions.ts";
import { FUNCTIONS_SQL } from "./functions.ts";
import { KV_SQL } from "./kv.ts";
import { MANAGED_TABLES_SQL } from "./managed_tables.ts";
import { MANAGED_TABLES_HELD_SQL } from "./managed_tables_held.ts";
import { MANAGED_TABLES_QUICK_SQL } from "./managed_tables_quick.ts";
import { PAYMENTS_SQL } from "./payments.ts";
import { RAZORPAY_SQL } from "./payments_razorpay.ts";
import { STRIPE_SQL } from "./payments_stripe.ts";
import { PAYMENTS_WRITES_SQL } from "./payments_writes.ts";
import { MAIL_SQL } from "./mail.ts";
import { MEMORY_SQL } from "./memory.ts";
import { REALTIME_SQL } from "./realtime.ts";
import { REALTIME_MESSAGES_SQL } from "./realtime_messages.ts";
import { ROLES_SQL } from "./roles.ts";
import { SCHEDULE_CLAIMS_SQL, SCHEDULES_SQL } from "./schedules.ts";
import { S3_SQL } from "./s3.ts";
import { SERVER_PROOF_SQL, SERVER_SETTLING_SQL, SERVER_SQL } from "./postgres_server.ts";
import { SIGN_IN_SQL } from "./sign_in.ts";
import { STORAGE_SQL } from "./storage.ts";
import { SYSTEM_SQL } from "./system.ts";
import { TEMPORARY_NAMES_SQL } from "./temporary_names.ts";

/** What PostgreSQL is beneath. */
type EngineKind = "pglite" | "postgres";

interface Step {
  readonly name: string;
  readonly sql: string;
  /** What a PostgreSQL server is told instead. */
  readonly onPostgres?: string;
}

/**
 * The internal schemas, in the order in which they are applied, each once and under its name for
 * ever: what has been released is never edited, a later change is a new entry.
 */
const STEPS: readonly Step[] = [
  { name: "roles", sql: ROLES_SQL },
  { name: "system", sql: SYSTEM_SQL },
  { name: "auth", sql: AUTH_SQL },
  { name: "storage", sql: STORAGE_SQL },
  { name: "functions", sql: FUNCTIONS_SQL },
  { name: "schedules", sql: SCHEDULES_SQL },
  { name: "deployments", sql: DEPLOYMENTS_SQL },
  { name: "realtime", sql: REALTIME_SQL },
  { name: "sign_in", sql: SIGN_IN_SQL },
  { name: "app_access", sql: APP_ACCESS_SQL },
  { name: "realtime_messages", sql: REALTIME_MESSAGES_SQL },
  { name: "payments", sql: PAYMENTS_SQL },
  { name: "payments_stripe", sql: STRIPE_SQL },
  { name: "payments_razorpay", sql: RAZORPAY_SQL },
  { name: "managed_tables", sql: MANAGED_TABLES_SQL },
  { name: "mail", sql: MAIL_SQL },
  { name: "extensions", sql: EXTENSIONS_SQL, onPostgres: SERVER_EXTENSIONS_SQL },
  { name: "managed_tables_held", sql: MANAGED_TABLES_HELD_SQL },
  { name: "s3", sql: S3_SQL },
  { name: "schedule_claims", sql: SCHEDULE_CLAIMS_SQL },
  { name: "temporary_names", sql: TEMPORARY_NAMES_SQL },
  { name: "memory", sql: MEMORY_SQL },
  { name: "kv", sql: KV_SQL },
  { name: "managed_tables_quick", sql: MANAGED_TABLES_QUICK_SQL },
  { name: "payments_writes", sql: PAYMENTS_WRITES_SQL },
  { name: "advisor", sql: ADVISOR_SQL },
];

/** What the backend needs of a PostgreSQL server beside the schemas. */
const SERVER_STEPS: readonly Step[] = [
  { name: "postgres_server", sql: SERVER_SQL },
  { name: "postgres_server_proof", sql: SERVER_PROOF_SQL },
  { name: "postgres_server_settling", sql: SERVER_SETTLING_SQL },
];

/** What changes whenever the internal schemas do. */
export function schemaDigest(): Promise<string> {
  return sha256Hex(JSON.stringify(STEPS));
}

/** Applies the steps that this database has not seen, each in a transaction of its own. */
export async function applySchema(
  session: Session,
  engine: EngineKind = "pglite",
): Promise<void> {
  const applied = await appliedSteps(session);
  const steps = engine === "pglite" ? STEPS : [...STEPS, ...SERVER_STEPS];
  for (const { name, sql, onPostgres } of steps) {
    if (applied.has(name)) continue;
    const text = engine === "pglite" ? sql : onPostgres ?? sql;
    await session.run({
      sql:
        `BEGIN; SET LOCAL search_path = ${OWN_PATH}; ${text}; INSERT INTO system.local_schema VALUES ('${name}'); COMMIT`,
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
