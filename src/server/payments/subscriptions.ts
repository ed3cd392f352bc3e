/** Subscriptions, as Stripe has them. */
import type {
  ListStripeSubscriptionsResponse,
  SyncStripePaymentsSubscriptionsSummary,
} from "@insforge/shared-schemas";
import type { StatementInput } from "../database/messages.ts";
import type { LocalBackend } from "../services.ts";
import type { StripeClient } from "./client.ts";
import { mapCustomer, type Subject, subjectIn, subjectOf } from "./customers.ts";
import type { Environment } from "./keys.ts";
import { PAYMENTS_SESSION, removeMissing, upsert } from "./tables.ts";
import { idOf, type StripeSubscription, type StripeSubscriptionItem, timeOf } from "./types.ts";

/** What became of a subscription. */
interface Kept {
  /** False for one that nobody pays. */
  readonly isKept: boolean;
  /** Whether it is known whose of the app's it is. */
  readonly isMapped: boolean;
}

/** Keeps a subscription as it is at Stripe. @throws {ApiError} where its items cannot be read */
export async function keepSubscription(
  backend: LocalBackend,
  environment: Environment,
  stripe: StripeClient,
  subscription: StripeSubscription,
): Promise<Kept> {
  const customer = idOf(subscription.customer);
  if (!customer) return { isKept: false, isMapped: true };
  const named = subjectIn(subscription.metadata);
  const subject = named ?? await subjectOf(backend, environment, customer);
  const items = await itemsOf(stripe, subscription);
  await backend.database.run([
    ...rowsOf(environment, subscription, items, subject, backend.clock().toISOString()),
    {
      sql: `DELETE FROM payments.stripe_subscription_items WHERE environment = $1
        AND subscription_id = $2 AND subscription_item_id <> ALL ($3::text[])`,
      params: [environment, subscription.id, items.map(({ id }) => id)],
    },
  ], PAYMENTS_SESSION);
  // Events come in any order: whoever reads this one may ask whose customer it is.
  if (named) await mapCustomer(backend, environment, named, customer);
  return { isKept: true, isMapped: subject !== undefined };
}

async function itemsOf(
  stripe: StripeClient,
  { id, items }: StripeSubscription,
): Promise<readonly StripeSubscriptionItem[]> {
  if (!items?.has_more) return items?.data ?? [];
  return await stripe.list<StripeSubscriptionItem>("subscription_items", { subscription: id });
}

function rowsOf(
  environment: Environment,
  subscription: StripeSubscription,
  items: readonly StripeSubscriptionItem[],
  subject: Subject | undefined,
  at: string,
): StatementInput[] {
  const starts = items.flatMap(({ current_period_start: start }) => start ?? []);
  const ends = items.flatMap(({ current_period_end: end }) => end ?? []);
  return [
    ...upsert("stripe_subscriptions", ["environment", "subscription_id"], [{
      environment,
      subscription_id: subscription.id,
      customer_id: idOf(subscription.customer),
      subject_type: subject?.type ?? null,
      subject_id: subject?.id ?? null,
      status: subscription.status,
      current_period_start: starts.length > 0 ? timeOf(Math.min(...starts)) : null,
      current_period_end: ends.length > 0 ? timeOf(Math.max(...ends)) : null,
      cancel_at_period_end: subscription.cancel_at_period_end ?? false,
      cancel_at: timeOf(subscription.cancel_at),
      canceled_at: timeOf(subscription.canceled_at),
      trial_start: timeOf(subscription.trial_start),
      trial_end: timeOf(subscription.trial_end),
      latest_invoice_id: idOf(subscription.latest_invoice),
      metadata: subscription.metadata ?? {},
      raw: subscription,
      synced_at: at,
    }]),
    ...upsert(
      "stripe_subscription_items",
      ["environment", "subscription_item_id"],
      items.map((item) => ({
        environment,
        subscription_item_id: item.id,
        subscription_id: subscription.id,
        product_id: idOf(item.price?.product),
        price_id: idOf(item.price),
        quantity: item.quantity ?? null,
        metadata: item.metadata ?? {},
        raw: item,
      })),
    ),
  ];
}

/** Mirrors all subscriptions of an account. @throws {ApiError} */
export async function syncSubscriptions(
  backend: LocalBackend,
  environment: Environment,
  stripe: StripeClient,
): Promise<SyncStripePaymentsSubscriptionsSummary> {
  const subscriptions = await stripe.list<StripeSubscription>("subscriptions", { status: "all" });
  let synced = 0;
  let unmapped = 0;
  for (const subscription of subscriptions) {
    const { isKept, isMapped } = await keepSubscription(backend, environment, stripe, subscription);
    if (isKept) synced++;
    if (!isMapped) unmapped++;
  }
  const present = subscriptions.map(({ id }) => id);
  const gone = await backend.database.run([
    removeMissing("stripe_subscription_items", "subscription_id", environment, present),
    removeMissing("stripe_subscriptions", "subscription_id", environment, present),
  ], PAYMENTS_SESSION);
  return { environment, synced, unmapped, deleted: gone.at(-1)!.rowCount ?? 0 };
}

/** The newest subscriptions with their items, of one subject where one is given. */
export async function listSubscriptions(
  { database }: LocalBackend,
  environment: Environment,
  { subjectType, subjectId, limit }: { subjectType?: string; subjectId?: string; limit: number },
): Promise<ListStripeSubscriptionsResponse["subscriptions"]> {
  type Subscription = ListStripeSubscriptionsResponse["subscriptions"][number];
  const { rows } = await database.query<Omit<Subscription, "items">>(
    `SELECT environment, subscription_id AS "subscriptionId", customer_id AS "customerId",
      subject_type AS "subjectType", subject_id AS "subjectId", status,
      current_period_start AS "currentPeriodStart", current_period_end AS "currentPeriodEnd",
      cancel_at_period_end AS "cancelAtPeriodEnd", cancel_at AS "cancelAt",
      canceled_at AS "canceledAt", trial_start AS "trialStart", trial_end AS "trialEnd",
      latest_invoice_id AS "latestInvoiceId", metadata, synced_at AS "syncedAt",
      created_at AS "createdAt", updated_at AS "updatedAt"
    FROM payments.stripe_subscriptions
    WHERE environment = $1 AND ($2::text IS NULL OR subject_type = $2)
      AND ($3::text IS NULL OR subject_id = $3)
    ORDER BY updated_at DESC, subscription_id LIMIT $4`,
    [environment, subjectType, subjectId, limit],
  );
  type Item = NonNullable<Subscription["items"]>[number];
  const { rows: items } = await database.query<Item>(
    `SELECT environment, subscription_item_id AS "subscriptionItemId",
      subscription_id AS "subscriptionId", product_id AS "productId", price_id AS "priceId",
      quantity::float8 AS quantity, metadata, created_at AS "createdAt", updated_at AS "updatedAt"
    FROM payments.stripe_subscription_items
    WHERE environment = $1 AND subscription_id = ANY ($2::text[]) ORDER BY subscription_item_id`,
    [environment, rows.map(({ subscriptionId }) => subscriptionId)],
  );
  return rows.map((row) => ({
    ...row,
    items: items.filter(({ subscriptionId }) => subscriptionId === row.subscriptionId),
  }));
}
