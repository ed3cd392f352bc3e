/** Writes down what was paid and given back. */
import type { Transaction } from "../database/client.ts";
import type { LocalBackend } from "../services.ts";
import { CHECKOUT_MODE } from "./checkout.ts";
import type { StripeClient } from "./client.ts";
import { mapCustomer, type Subject, subjectIn, subjectOf } from "./customers.ts";
import type { Environment } from "./keys.ts";
import { PAYMENTS_SESSION, type Row, upsert } from "./tables.ts";
import {
  idOf,
  type StripeCharge,
  type StripeCheckout,
  type StripeInvoice,
  type StripePaymentIntent,
  type StripeRefund,
  timeOf,
} from "./types.ts";

type Outcome = "succeeded" | "failed";
/** Ids of what belongs to a payment, by their kind. */
type Ids = Readonly<Record<string, string | null | undefined>>;

/** What a transaction says of who paid. */
interface Payer {
  readonly subject_type?: string | null;
  readonly subject_id?: string | null;
  readonly provider_customer_id?: string | null;
  readonly customer_email_snapshot?: string | null;
  readonly related_object_ids?: Ids;
  readonly description?: string | null;
}

/** What a refund gives back, as Stripe has it. */
interface Refunded {
  readonly intent?: StripePaymentIntent;
  readonly charge?: StripeCharge;
  readonly invoice?: StripeInvoice;
}

/** Which transactions belong to a payment intent, or a charge. */
const OF_PAYMENT = `provider = 'stripe' AND environment = $1
  AND (related_object_ids ->> 'payment_intent' = $2 OR related_object_ids ->> 'charge' = $3)`;

/**
 * The transactions of an environment. Events come in any order, and several tell of one payment:
 * each adds what it knows to the one row.
 */
export class Ledger {
  readonly #backend: LocalBackend;
  readonly #environment: Environment;
  readonly #stripe: StripeClient;

  constructor(backend: LocalBackend, environment: Environment, stripe: StripeClient) {
    this.#backend = backend;
    this.#environment = environment;
    this.#stripe = stripe;
  }

  /** What was paid on a page. @param at when it was told */
  async checkout(page: StripeCheckout, told: Outcome | undefined, at: string | null) {
    const intent = idOf(page.payment_intent);
    const status = told ?? (page.payment_status === "paid" ? "succeeded" : "pending");
    await this.#write({
      type: "one_time_payment",
      status,
      ...columnsOf(subjectIn(page.metadata)),
      provider_customer_id: idOf(page.customer),
      customer_email_snapshot: page.customer_details?.email,
      ...objectOf(intent ? { payment_intent: intent } : { checkout_session: page.id }),
      amount: page.amount_total,
      currency: page.currency,
      ...timesOf(status, at ?? timeOf(page.created), timeOf(page.created)),
      raw: page,
    }, {
      checkout_session: page.id,
      payment_intent: intent,
      subscription: idOf(page.subscription),
    }, { checkout_session: page.id, payment_intent: intent });
    if (status === "succeeded") await this.#applyRefunds(intent, null);
  }

  /** An invoice that was paid, or could not be. */
  async invoice(invoice: StripeInvoice, status: Outcome): Promise<void> {
    const customer = idOf(invoice.customer);
    const named = subjectOfInvoice(invoice);
    const subject = named ?? await subjectOf(this.#backend, this.#environment, customer);
    const ids = idsOfInvoice(invoice);
    const created = timeOf(invoice.created);
    const paidAt = timeOf(invoice.status_transitions?.paid_at) ?? created;
    await this.#write(
      {
        type: ids.subscription ? "subscription_invoice" : "one_time_payment",
        status,
        ...columnsOf(subject),
        provider_customer_id: customer,
        customer_email_snapshot: invoice.customer_email,
        ...objectOf(
          ids.payment_intent ? { payment_intent: ids.payment_intent } : { invoice: invoice.id },
        ),
        amount: status === "succeeded" ? invoice.amount_paid : invoice.amount_due,
        currency: invoice.currency,
        description: invoice.description ?? invoice.number,
        ...timesOf(status, status === "succeeded" ? paidAt : created, created),
        raw: invoice,
      },
      ids,
      { invoice: invoice.id, payment_intent: ids.payment_intent },
    );
    if (named && customer) await mapCustomer(this.#backend, this.#environment, named, customer);
    if (status === "succeeded") await this.#applyRefunds(ids.payment_intent ?? null, null);
  }

  /** A payment; only those of pages that were opened here. @returns whether it is one */
  async paymentIntent(intent: StripePaymentIntent, status: Outcome): Promise<boolean> {
    if (intent.metadata?.[CHECKOUT_MODE] !== "payment") return false;
    const charge = idOf(intent.latest_charge);
    const created = timeOf(intent.created);
    const ids = { payment_intent: intent.id, charge };
    await this.#write(
      {
        type: status === "succeeded" ? "one_time_payment" : "failed_payment",
        status,
        ...columnsOf(subjectIn(intent.metadata)),
        provider_customer_id: idOf(intent.customer),
        customer_email_snapshot: intent.receipt_email,
        ...objectOf({ payment_intent: intent.id }),
        amount: status === "succeeded" ? intent.amount_received : intent.amount,
        currency: intent.currency,
        description: intent.description,
        ...timesOf(status, created, created),
        raw: intent,
      },
      ids,
      ids,
    );
    if (status === "succeeded") await this.#applyRefunds(intent.id, charge);
    return true;
  }

  /** What a charge says of how much of it was given back. */
  async refundedCharge(charge: StripeCharge): Promise<void> {
    const times = charge.refunds?.data.map(({ created }) => created) ?? [];
    const at = times.length > 0 ? timeOf(Math.max(...times)) : this.#backend.clock().toISOString();
    await this.#backend.database.query(
      `UPDATE payments.transactions
      SET amount_refunded = $4, refunded_at = $6,
        status = CASE WHEN $5 THEN 'refunded' ELSE 'partially_refunded' END,
        related_object_ids = related_object_ids || jsonb_build_object('charge', $3::text),
        updated_at = pg_catalog.now()
      WHERE ${OF_PAYMENT} AND type <> 'refund'`,
      [
        this.#environment,
        idOf(charge.payment_intent),
        charge.id,
        charge.amount_refunded,
        charge.refunded,
        at,
      ],
      PAYMENTS_SESSION,
    );
  }

  /** Something that is given back; what it belongs to is asked of Stripe where it is not known. */
  async refund(refund: StripeRefund): Promise<void> {
    const intent = idOf(refund.payment_intent);
    const charge = idOf(refund.charge);
    const payer = await this.#payerOf(intent, charge) ?? await this.#lookUp(intent, charge);
    const status = REFUND_STATUSES[refund.status ?? ""] ?? "pending";
    const created = timeOf(refund.created);
    await this.#write(
      {
        type: "refund",
        status,
        ...payer,
        ...objectOf({ refund: refund.id }),
        provider_parent_object_type: intent ? "payment_intent" : charge ? "charge" : null,
        provider_parent_object_id: intent ?? charge,
        amount: refund.amount,
        amount_refunded: refund.amount,
        currency: refund.currency,
        description: refund.description ?? refund.reason ?? payer?.description,
        ...timesOf(status, created, created),
        raw: refund,
      },
      { ...payer?.related_object_ids, refund: refund.id, payment_intent: intent, charge },
      {
        refund: refund.id,
      },
    );
    await this.#applyRefunds(intent, charge);
  }

  async #payerOf(intent: string | null, charge: string | null): Promise<Payer | undefined> {
    const { rows } = await this.#backend.database.query<Payer>(
      `SELECT subject_type, subject_id, provider_customer_id, customer_email_snapshot,
        related_object_ids - 'checkout_session' AS related_object_ids, description
      FROM payments.transactions WHERE ${OF_PAYMENT} AND type <> 'refund'
      ORDER BY created_at DESC LIMIT 1`,
      [this.#environment, intent, charge],
    );
    return rows[0];
  }

  /** Writes down what was paid, as Stripe tells it, and answers who paid. */
  async #lookUp(intentId: string | null, chargeId: string | null): Promise<Payer> {
    const found = await this.#ask(intentId, chargeId);
    const { intent, charge, invoice } = found;
    if (invoice) await this.invoice(invoice, "succeeded");
    else if (intent?.status === "succeeded") await this.paymentIntent(intent, "succeeded");
    const customer = idOf(invoice?.customer) ?? idOf(intent?.customer) ?? idOf(charge?.customer);
    const subject = subjectIn(intent?.metadata) ?? subjectIn(charge?.metadata) ??
      (invoice && subjectOfInvoice(invoice)) ??
      await subjectOf(this.#backend, this.#environment, customer);
    return {
      ...columnsOf(subject),
      provider_customer_id: customer,
      customer_email_snapshot: invoice?.customer_email ?? intent?.receipt_email ??
        charge?.billing_details?.email,
      related_object_ids: invoice && idsOfInvoice(invoice),
      description: invoice?.description ?? intent?.description ?? charge?.description,
    };
  }

  async #ask(intentId: string | null, chargeId: string | null): Promise<Refunded> {
    const charge = chargeId
      ? await this.#stripe.get<StripeCharge>(`charges/${chargeId}`)
      : undefined;
    const id = intentId ?? idOf(charge?.payment_intent);
    if (!id) return { charge };
    const intent = await this.#stripe.get<StripePaymentIntent>(`payment_intents/${id}`);
    const { data: [payment] } = await this.#stripe.get<{ data: InvoicePayment[] }>(
      "invoice_payments",
      {
        limit: 1,
        payment: { type: "payment_intent", payment_intent: id },
        expand: ["data.invoice"],
      },
    );
    if (!payment || typeof payment.invoice === "string" || payment.invoice.deleted) {
      return { charge, intent };
    }
    return { charge, intent, invoice: { ...payment.invoice, payments: { data: [payment] } } };
  }

  /** Adds a transaction, or to the one that is about the same. @param same ids that say so */
  async #write(columns: Row, related: Ids, same: Ids): Promise<void> {
    await this.#backend.database.transaction(async ({ query }) => {
      const known = await find(query, this.#environment, columns, same);
      const fresh: Row = { provider: "stripe", environment: this.#environment, ...columns };
      const merged = Object.fromEntries(
        [...TRANSACTION_COLUMNS].map((name) => [name, fresh[name] ?? known?.[name] ?? null]),
      );
      const [statement] = upsert("transactions", ["id"], [{
        ...merged,
        id: known?.id ?? crypto.randomUUID(),
        amount_refunded: fresh.amount_refunded ?? known?.amount_refunded ?? 0,
        related_object_ids: { ...known?.related_object_ids as Ids, ...present(related) },
      }]);
      await query(statement!.sql, statement!.params);
    }, PAYMENTS_SESSION);
  }

  /** Sums up what was given back of a payment, and tells its refunds who paid. */
  async #applyRefunds(intent: string | null, charge: string | null): Promise<void> {
    const params = [this.#environment, intent, charge];
    await this.#backend.database.run([
      { sql: SUM_REFUNDS, params },
      { sql: NAME_REFUNDS, params },
    ], PAYMENTS_SESSION);
  }
}

interface InvoicePayment {
  readonly invoice: string | StripeInvoice & { readonly deleted?: boolean };
  readonly payment: { readonly payment_intent?: string };
}

const TRANSACTION_COLUMNS = [
  "provider",
  "environment",
  "type",
  "status",
  "subject_type",
  "subject_id",
  "provider_customer_id",
  "customer_email_snapshot",
  "provider_object_type",
  "provider_object_id",
  "provider_parent_object_type",
  "provider_parent_object_id",
  "amount",
  "currency",
  "description",
  "paid_at",
  "failed_at",
  "refunded_at",
  "provider_created_at",
  "raw",
];

/** How the states of a refund are told; what is on its way is pending. */
const REFUND_STATUSES: Readonly<Record<string, "refunded" | "failed">> = {
  succeeded: "refunded",
  failed: "failed",
  canceled: "failed",
};

const SUM_REFUNDS = `
WITH refunded AS (
  SELECT coalesce(sum(amount), 0)::int8 AS amount, max(refunded_at) AS at
  FROM payments.transactions WHERE ${OF_PAYMENT} AND type = 'refund' AND status = 'refunded'
)
UPDATE payments.transactions t
SET amount_refunded = refunded.amount, refunded_at = refunded.at,
  status = CASE
    WHEN refunded.amount > 0 AND refunded.amount >= t.amount THEN 'refunded'
    WHEN refunded.amount > 0 THEN 'partially_refunded'
    WHEN t.status NOT IN ('refunded', 'partially_refunded') THEN t.status
    WHEN t.failed_at IS NULL THEN 'succeeded'
    ELSE 'failed'
  END,
  updated_at = pg_catalog.now()
FROM refunded WHERE ${OF_PAYMENT} AND type <> 'refund'`;

const NAME_REFUNDS = `
UPDATE payments.transactions refund
SET subject_type = coalesce(refund.subject_type, payment.subject_type),
  subject_id = coalesce(refund.subject_id, payment.subject_id),
  provider_customer_id = coalesce(refund.provider_customer_id, payment.provider_customer_id),
  customer_email_snapshot = coalesce(refund.customer_email_snapshot, payment.customer_email_snapshot),
  related_object_ids = payment.related_object_ids || refund.related_object_ids,
  description = coalesce(refund.description, payment.description), updated_at = pg_catalog.now()
FROM (SELECT * FROM payments.transactions WHERE ${OF_PAYMENT} AND type <> 'refund'
  ORDER BY created_at DESC LIMIT 1) payment
WHERE refund.id IN (SELECT id FROM payments.transactions WHERE ${OF_PAYMENT} AND type = 'refund')`;

/** The transaction that is about the same; that of the same object rather than a related one. */
async function find(
  query: Transaction["query"],
  environment: Environment,
  { type, provider_object_type, provider_object_id }: Row,
  same: Ids,
): Promise<Row | undefined> {
  const { rows } = await query<Row>(
    `SELECT t.* FROM payments.transactions t
    WHERE provider = 'stripe' AND environment = $1 AND (type = 'refund') = $2
      AND EXISTS (SELECT FROM pg_catalog.jsonb_each_text($3::jsonb) same
        WHERE provider_object_type = same.key AND provider_object_id = same.value
          OR related_object_ids ->> same.key = same.value)
    ORDER BY (provider_object_type = $4 AND provider_object_id = $5) IS TRUE DESC, created_at DESC
    LIMIT 1`,
    [
      environment,
      type === "refund",
      JSON.stringify(present(same)),
      provider_object_type,
      provider_object_id,
    ],
  );
  return rows[0];
}

function present(ids: Ids): Ids {
  return Object.fromEntries(Object.entries(ids).filter(([, id]) => id));
}

function columnsOf(subject: Subject | undefined): Row {
  return { subject_type: subject?.type, subject_id: subject?.id };
}

/** The object that a transaction is named after. */
function objectOf(id: Readonly<Record<string, string>>): Row {
  const [[type, value]] = Object.entries(id) as [[string, string]];
  return { provider_object_type: type, provider_object_id: value };
}

/** When it became what it is. */
function timesOf(status: string, at: string | null, created: string | null): Row {
  return {
    paid_at: status === "succeeded" ? at : null,
    failed_at: status === "failed" ? at : null,
    refunded_at: status === "refunded" ? at : null,
    provider_created_at: created,
  };
}

function subjectOfInvoice({ parent, metadata }: StripeInvoice): Subject | undefined {
  return subjectIn(parent?.subscription_details?.metadata) ?? subjectIn(metadata);
}

function idsOfInvoice({ id, parent, lines, payments }: StripeInvoice) {
  const [line] = lines?.data ?? [];
  const ofLines = (lines?.data ?? []).map(({ parent }) =>
    idOf(parent?.subscription_item_details?.subscription) ??
      idOf(parent?.invoice_item_details?.subscription)
  );
  const ofPayments = (payments?.data ?? []).map(({ payment }) => idOf(payment.payment_intent));
  const first = (ids: (string | null)[]) => ids.find((id) => id !== null) ?? null;
  return {
    invoice: id,
    payment_intent: first(ofPayments),
    subscription: first([idOf(parent?.subscription_details?.subscription), ...ofLines]),
    product: idOf(line?.pricing?.price_details?.product),
    price: idOf(line?.pricing?.price_details?.price),
  };
}
