/** Mirrors what an account of Stripe's has: products, prices, customers and subscriptions. */
import type {
  SyncStripePaymentsEnvironmentResult,
  SyncStripePaymentsSubscriptionsSummary,
} from "@insforge/shared-schemas";
import type { LocalBackend } from "../services.ts";
import { priceRow, productRow } from "./catalog.ts";
import type { StripeClient } from "./client.ts";
import {
  accountColumns,
  connectedAccount,
  forgetAccount,
  noteConnection,
  noteFailure,
  readConnection,
} from "./connections.ts";
import { syncCustomers } from "./customers.ts";
import { type Environment, KEY_NAME, notConfigured, openStripe } from "./keys.ts";
import { syncSubscriptions } from "./subscriptions.ts";
import { PAYMENTS_SESSION, removeMissing, upsert } from "./tables.ts";
import type { StripeAccount, StripePrice, StripeProduct } from "./types.ts";

/** Mirrors an environment with the key that it has. What goes wrong is noted, and not thrown. */
export async function sync(
  backend: LocalBackend,
  environment: Environment,
): Promise<SyncStripePaymentsEnvironmentResult> {
  if (!await backend.secrets.read(KEY_NAME[environment])) {
    await noteFailure(backend, environment, "unconfigured", notConfigured(environment));
    return await resultOf(backend, environment);
  }
  try {
    return await syncWith(backend, environment, await openStripe(backend, environment));
  } catch (error) {
    await noteFailure(backend, environment, "error", error as Error);
    return await resultOf(backend, environment);
  }
}

/** The same with a client that is open already. */
export async function syncWith(
  backend: LocalBackend,
  environment: Environment,
  stripe: StripeClient,
): Promise<SyncStripePaymentsEnvironmentResult> {
  try {
    await syncCatalog(backend, environment, stripe);
    await syncCustomers(backend, environment, stripe).catch((error) => {
      backend.logger.warn("Stripe's customers could not be mirrored", {
        environment,
        error: (error as Error).message,
      });
    });
    const subscriptions = await syncSubscriptions(backend, environment, stripe);
    return await resultOf(backend, environment, subscriptions);
  } catch (error) {
    await noteFailure(backend, environment, "error", error as Error);
    return await resultOf(backend, environment);
  }
}

async function resultOf(
  backend: LocalBackend,
  environment: Environment,
  subscriptions: SyncStripePaymentsSubscriptionsSummary | null = null,
): Promise<SyncStripePaymentsEnvironmentResult> {
  return { environment, connection: await readConnection(backend, environment), subscriptions };
}

async function syncCatalog(
  backend: LocalBackend,
  environment: Environment,
  stripe: StripeClient,
): Promise<void> {
  const [account, products, active, archived] = await Promise.all([
    stripe.get<StripeAccount>("account"),
    stripe.list<StripeProduct>("products"),
    stripe.list<StripePrice>("prices", { active: true }),
    stripe.list<StripePrice>("prices", { active: false }),
  ]);
  // One that is archived between the two lists is in both.
  const prices = [...new Map([...active, ...archived].map((price) => [price.id, price])).values()];
  const syncedAt = backend.clock().toISOString();
  const isSame = await connectedAccount(backend, environment) === account.id;
  await backend.database.run([
    ...isSame ? [] : forgetAccount(environment),
    ...noteConnection(environment, {
      ...accountColumns(account),
      last_synced_at: syncedAt,
      last_sync_status: "succeeded",
      last_sync_error: null,
      last_sync_counts: { products: products.length, prices: prices.length },
    }),
    ...upsert(
      "stripe_products",
      ["environment", "product_id"],
      products.map((product) => productRow(environment, product, syncedAt)),
    ),
    ...upsert(
      "stripe_prices",
      ["environment", "price_id"],
      prices.map((price) => priceRow(environment, price, syncedAt)),
    ),
    removeMissing("stripe_prices", "price_id", environment, prices.map(({ id }) => id)),
    removeMissing("stripe_products", "product_id", environment, products.map(({ id }) => id)),
  ], PAYMENTS_SESSION);
}
