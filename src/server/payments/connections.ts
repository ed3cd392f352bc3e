/** How an environment is connected to Stripe, and what the last look at it gave. */
import type { StripeConnection } from "@insforge/shared-schemas";
import type { StatementInput } from "../database/messages.ts";
import type { LocalBackend } from "../services.ts";
import { type Environment, ENVIRONMENTS, KEY_NAME, maskedKey } from "./keys.ts";
import { PAYMENTS_SESSION, type Row, upsert } from "./tables.ts";
import type { StripeAccount } from "./types.ts";

const NONE = {
  status: "unconfigured",
  accountId: null,
  accountEmail: null,
  accountLivemode: null,
  webhookEndpointId: null,
  webhookEndpointUrl: null,
  webhookConfiguredAt: null,
  lastSyncedAt: null,
  lastSyncStatus: null,
  lastSyncError: null,
  lastSyncCounts: {},
} as const;

/** The connections of both environments (contract section 21.1). */
export async function readConnections(backend: LocalBackend): Promise<StripeConnection[]> {
  const { rows } = await backend.database.query<Omit<StripeConnection, "maskedKey">>(
    `SELECT environment, status, provider_account_id AS "accountId",
      account_email AS "accountEmail", account_livemode AS "accountLivemode",
      webhook_endpoint_id AS "webhookEndpointId", webhook_endpoint_url AS "webhookEndpointUrl",
      webhook_configured_at AS "webhookConfiguredAt", last_synced_at AS "lastSyncedAt",
      last_sync_status AS "lastSyncStatus", last_sync_error AS "lastSyncError",
      last_sync_counts AS "lastSyncCounts"
    FROM payments.provider_connections WHERE provider = 'stripe'`,
  );
  return await Promise.all(ENVIRONMENTS.map(async (environment) => {
    const key = await backend.secrets.read(KEY_NAME[environment]);
    const row = rows.find((row) => row.environment === environment);
    return { environment, ...NONE, ...row, maskedKey: key ? maskedKey(key) : null };
  }));
}

/** The connection of one environment. */
export async function readConnection(
  backend: LocalBackend,
  environment: Environment,
): Promise<StripeConnection> {
  const connections = await readConnections(backend);
  return connections.find((connection) => connection.environment === environment)!;
}

/** The account that an environment was last connected to. */
export async function connectedAccount(
  { database }: LocalBackend,
  environment: Environment,
): Promise<string | undefined> {
  const { rows } = await database.query<{ id: string | null }>(
    `SELECT provider_account_id AS id FROM payments.provider_connections
    WHERE provider = 'stripe' AND environment = $1`,
    [environment],
  );
  return rows[0]?.id ?? undefined;
}

/** The statements that note something of a connection. */
export function noteConnection(environment: Environment, values: Row): StatementInput[] {
  return upsert("provider_connections", ["provider", "environment"], [
    { provider: "stripe", environment, ...values },
  ]);
}

/** What a connection says of the account that it leads to. */
export function accountColumns(account: StripeAccount): Row {
  return {
    provider_account_id: account.id,
    account_email: account.email ?? null,
    account_livemode: false,
    status: "connected",
    raw: account,
  };
}

/** Where no events of Stripe's come in. */
export const NO_WEBHOOK: Row = {
  webhook_endpoint_id: null,
  webhook_endpoint_url: null,
  webhook_configured_at: null,
};

/** Notes that the last look at Stripe failed. */
export async function noteFailure(
  { database }: LocalBackend,
  environment: Environment,
  status: "unconfigured" | "error",
  { message }: Error,
): Promise<void> {
  await database.run(
    noteConnection(environment, {
      status,
      last_sync_status: "failed",
      last_sync_error: message,
      ...(status === "unconfigured" && NO_WEBHOOK),
    }),
    PAYMENTS_SESSION,
  );
}

/** The statements that forget what was mirrored of an account. */
export function forgetAccount(environment: Environment): StatementInput[] {
  const ofStripe = [
    "stripe_subscription_items",
    "stripe_subscriptions",
    "stripe_checkout_sessions",
    "stripe_customer_portal_sessions",
    "stripe_prices",
    "stripe_products",
  ];
  const ofAll = ["transactions", "customers", "customer_mappings", "webhook_events"];
  const statement = (table: string, more = "") => ({
    sql: `DELETE FROM payments.${table} WHERE environment = $1${more}`,
    params: [environment],
  });
  return [
    ...ofStripe.map((table) => statement(table)),
    ...ofAll.map((table) => statement(table, " AND provider = 'stripe'")),
  ];
}
