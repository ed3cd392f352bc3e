/** Customers of Stripe's, and whose of the app's they are. */
import type { PaymentCustomerListItem } from "@insforge/shared-schemas";
import type { StatementInput } from "../database/messages.ts";
import type { LocalBackend } from "../services.ts";
import type { StripeClient } from "./client.ts";
import type { Environment } from "./keys.ts";
import { PAYMENTS_SESSION, type Row, upsert } from "./tables.ts";
import { type StripeCustomer, timeOf } from "./types.ts";

/** Who or what of the app pays. */
export interface Subject {
  readonly type: string;
  readonly id: string;
}

const SUBJECT_TYPE = "insforge_subject_type";
const SUBJECT_ID = "insforge_subject_id";

/** The subject that was written into something of Stripe's. */
export function subjectIn(
  metadata: Readonly<Record<string, string>> | null | undefined,
): Subject | undefined {
  const { [SUBJECT_TYPE]: type, [SUBJECT_ID]: id } = metadata ?? {};
  return type && id ? { type, id } : undefined;
}

/** What {@link subjectIn} finds. */
export function metadataOf({ type, id }: Subject): Record<string, string> {
  return { [SUBJECT_TYPE]: type, [SUBJECT_ID]: id };
}

/** The customer who pays for a subject, if one has. */
export async function customerOf(
  { database }: LocalBackend,
  environment: Environment,
  { type, id }: Subject,
): Promise<string | undefined> {
  const { rows } = await database.query<{ customer: string }>(
    `SELECT provider_customer_id AS customer FROM payments.customer_mappings
    WHERE provider = 'stripe' AND environment = $1 AND subject_type = $2 AND subject_id = $3`,
    [environment, type, id],
  );
  return rows[0]?.customer;
}

/** The subject that a customer pays for, if it is known. */
export async function subjectOf(
  { database }: LocalBackend,
  environment: Environment,
  customer: string | null,
): Promise<Subject | undefined> {
  if (!customer) return undefined;
  const { rows } = await database.query<Subject>(
    `SELECT subject_type AS type, subject_id AS id FROM payments.customer_mappings
    WHERE provider = 'stripe' AND environment = $1 AND provider_customer_id = $2`,
    [environment, customer],
  );
  return rows[0];
}

/**
 * Notes who pays for a subject.
 * @param replace also where somebody else did before
 */
export async function mapCustomer(
  { database }: LocalBackend,
  environment: Environment,
  { type, id }: Subject,
  customer: string,
  { replace = false } = {},
): Promise<void> {
  const conflict = replace
    ? `(provider, environment, subject_type, subject_id) DO UPDATE
      SET provider_customer_id = excluded.provider_customer_id, updated_at = pg_catalog.now()`
    : "DO NOTHING";
  await database.query(
    `INSERT INTO payments.customer_mappings
      (provider, environment, subject_type, subject_id, provider_customer_id)
    VALUES ('stripe', $1, $2, $3, $4) ON CONFLICT ${conflict}`,
    [environment, type, id, customer],
    PAYMENTS_SESSION,
  );
}

/** The statements that keep customers as they are at Stripe. */
export function keepCustomers(
  environment: Environment,
  customers: readonly StripeCustomer[],
  at: string,
): StatementInput[] {
  return upsert(
    "customers",
    ["provider", "environment", "provider_customer_id"],
    customers.map((customer): Row => ({
      provider: "stripe",
      environment,
      provider_customer_id: customer.id,
      email: customer.email ?? null,
      name: customer.name ?? null,
      phone: customer.phone ?? null,
      deleted: false,
      metadata: customer.metadata ?? {},
      raw: customer,
      provider_created_at: timeOf(customer.created),
      synced_at: at,
    })),
  );
}

/** The statements that note that a customer was deleted; what was known of them stays. */
export function dropCustomer(environment: Environment, id: string, at: string): StatementInput[] {
  return [
    ...upsert("customers", ["provider", "environment", "provider_customer_id"], [{
      provider: "stripe",
      environment,
      provider_customer_id: id,
      deleted: true,
      synced_at: at,
    }]),
    {
      sql: `DELETE FROM payments.customer_mappings
        WHERE provider = 'stripe' AND environment = $1 AND provider_customer_id = $2`,
      params: [environment, id],
    },
  ];
}

/** Mirrors the customers of an account; those that are gone stay, as deleted. @throws {ApiError} */
export async function syncCustomers(
  { database, clock }: LocalBackend,
  environment: Environment,
  stripe: StripeClient,
): Promise<void> {
  const customers = await stripe.list<StripeCustomer>("customers", {
    expand: ["data.invoice_settings.default_payment_method", "data.default_source"],
  });
  const at = clock().toISOString();
  await database.run([
    ...keepCustomers(environment, customers, at),
    {
      sql: `UPDATE payments.customers
        SET deleted = true, synced_at = $2, updated_at = pg_catalog.now()
        WHERE provider = 'stripe' AND environment = $1 AND NOT deleted
          AND provider_customer_id <> ALL ($3::text[])`,
      params: [environment, at, customers.map(({ id }) => id)],
    },
  ], PAYMENTS_SESSION);
}

/** Customers with what they have paid; who paid without a customer is known by the address. */
export async function listCustomers(
  { database }: LocalBackend,
  environment: Environment,
  limit: number,
): Promise<PaymentCustomerListItem[]> {
  const { rows } = await database.query<PaymentCustomerListItem>(LIST, [environment, limit]);
  return rows;
}

const LIST = `
WITH single AS (
  SELECT lower(email) AS email, min(provider_customer_id) AS customer FROM payments.customers
  WHERE provider = 'stripe' AND environment = $1 AND email IS NOT NULL
  GROUP BY lower(email) HAVING count(*) = 1
), paid AS (
  SELECT coalesce(provider_customer_id, single.customer) AS customer, currency,
    greatest(coalesce(amount, 0) - coalesce(amount_refunded, 0), 0) AS amount,
    coalesce(paid_at, provider_created_at, created_at) AS paid_at
  FROM payments.transactions
  LEFT JOIN single ON provider_customer_id IS NULL AND single.email = lower(customer_email_snapshot)
  WHERE provider = 'stripe' AND environment = $1 AND type <> 'refund'
    AND status IN ('succeeded', 'refunded', 'partially_refunded')
), total AS (
  SELECT customer, count(*)::int4 AS payments, max(paid_at) AS last,
    CASE WHEN count(DISTINCT currency) = 1 THEN sum(amount) END AS amount,
    CASE WHEN count(DISTINCT currency) = 1 THEN min(currency) END AS currency
  FROM paid WHERE customer IS NOT NULL GROUP BY customer
)
SELECT c.environment, c.provider, c.provider_customer_id AS "providerCustomerId", c.email, c.name,
  c.phone, c.deleted, c.metadata, c.provider_created_at AS "providerCreatedAt",
  c.synced_at AS "syncedAt", coalesce(total.payments, 0) AS "paymentsCount",
  total.last AS "lastPaymentAt", total.amount::float8 AS "totalSpend",
  total.currency AS "totalSpendCurrency", lower(card.of ->> 'brand') AS "paymentMethodBrand",
  card.of ->> 'last4' AS "paymentMethodLast4",
  substring(upper(coalesce(c.raw #>> '{address,country}', c.raw #>> '{shipping,address,country}'))
    FROM '^[A-Z]{2}$') AS "countryCode"
FROM payments.customers c
LEFT JOIN total ON total.customer = c.provider_customer_id
CROSS JOIN LATERAL (SELECT coalesce(c.raw #> '{invoice_settings,default_payment_method,card}',
  c.raw -> 'default_source') AS of) AS card
WHERE c.provider = 'stripe' AND c.environment = $1
ORDER BY c.deleted, coalesce(c.email, c.name, c.provider_customer_id), c.provider_customer_id
LIMIT $2`;
