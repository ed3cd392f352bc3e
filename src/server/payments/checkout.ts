/** Pages of Stripe's on which an app's users pay (contract section 21.3). */
import type { CheckoutSession, CreateCheckoutSessionBody } from "@insforge/shared-schemas";
import { ApiError, DatabaseError } from "../http/api_error.ts";
import { type Identity, sessionOf } from "../http/identity.ts";
import type { LocalBackend } from "../services.ts";
import { idempotencyKeyOf } from "./client.ts";
import { customerOf, metadataOf } from "./customers.ts";
import { type Environment, openStripe, requireTest } from "./keys.ts";
import { PAYMENTS_SESSION } from "./tables.ts";
import { idOf, type StripeCheckout } from "./types.ts";

/** What tells payments of a checkout from others of the account, and whose it is. */
export const CHECKOUT_MODE = "insforge_checkout_mode";
const CHECKOUT_ID = "insforge_checkout_session_id";

const COLUMNS = `id, environment, mode, status, payment_status AS "paymentStatus",
  subject_type AS "subjectType", subject_id AS "subjectId", customer_email AS "customerEmail",
  checkout_session_id AS "checkoutSessionId", customer_id AS "customerId",
  payment_intent_id AS "paymentIntentId", subscription_id AS "subscriptionId", url,
  last_error AS "lastError", created_at AS "createdAt", updated_at AS "updatedAt"`;

/**
 * Opens a page on which the caller pays. Its row is the caller's own: policies decide whether it
 * may be there.
 * @throws {ApiError} 403 when they do not allow it, 409 for a key that was used for something else,
 * and what Stripe says
 */
export async function createCheckout(
  backend: LocalBackend,
  environment: Environment,
  request: CreateCheckoutSessionBody,
  identity: Identity,
): Promise<CheckoutSession> {
  requireTest(environment);
  const { mode, lineItems, subject, customerEmail } = request;
  const metadata = {
    ...request.metadata,
    [CHECKOUT_MODE]: mode,
    ...(subject && metadataOf(subject)),
  };
  const { id, before } = await insert(backend, environment, request, metadata, identity);
  if (before?.checkoutSessionId && before.url) return before;
  try {
    const stripe = await openStripe(backend, environment);
    const customer = subject && await customerOf(backend, environment, subject);
    const marked = { ...metadata, [CHECKOUT_ID]: id };
    const page = await stripe.post<StripeCheckout>(
      "checkout/sessions",
      {
        mode,
        line_items: lineItems.map(({ priceId, quantity }) => ({ price: priceId, quantity })),
        success_url: request.successUrl,
        cancel_url: request.cancelUrl,
        client_reference_id: id,
        customer,
        customer_email: customer ? undefined : customerEmail ?? undefined,
        customer_creation: mode === "payment" && subject && !customer ? "always" : undefined,
        metadata: marked,
        [mode === "subscription" ? "subscription_data" : "payment_intent_data"]: {
          metadata: marked,
        },
      },
      idempotencyKeyOf(environment, "checkout_session", request.idempotencyKey ?? id),
    );
    return await keepOpened(backend, id, page);
  } catch (error) {
    await backend.database.query(
      `UPDATE payments.stripe_checkout_sessions
      SET status = 'failed', last_error = $2, updated_at = pg_catalog.now() WHERE id = $1`,
      [id, (error as Error).message],
      PAYMENTS_SESSION,
    );
    throw error;
  }
}

/** Inserts the row as the caller, or finds the one of the same request. */
async function insert(
  { database }: LocalBackend,
  environment: Environment,
  request: CreateCheckoutSessionBody,
  metadata: Record<string, string>,
  identity: Identity,
): Promise<{ id: string; before?: CheckoutSession }> {
  const id = crypto.randomUUID();
  const { mode, subject, customerEmail = null, idempotencyKey = null } = request;
  const hash = await hashOf([
    environment,
    mode,
    request.lineItems.map(({ priceId, quantity }) => [priceId, quantity]),
    request.successUrl,
    request.cancelUrl,
    subject ? [subject.type, subject.id] : null,
    customerEmail,
    Object.entries(metadata).sort(([left], [right]) => left < right ? -1 : 1),
  ]);
  try {
    return await database.transaction(async ({ query }) => {
      const { rowCount } = await query(
        `INSERT INTO payments.stripe_checkout_sessions (id, environment, mode, status,
          subject_type, subject_id, customer_email, line_items, success_url, cancel_url,
          idempotency_key, request_hash, metadata)
        VALUES ($1, $2, $3, 'initialized', $4, $5, $6, $7::jsonb, $8, $9, $10, $11, $12::jsonb)
        ON CONFLICT (environment, idempotency_key) WHERE idempotency_key IS NOT NULL DO NOTHING`,
        [
          id,
          environment,
          mode,
          subject?.type,
          subject?.id,
          customerEmail,
          JSON.stringify(request.lineItems),
          request.successUrl,
          request.cancelUrl,
          idempotencyKey,
          hash,
          JSON.stringify(metadata),
        ],
      );
      if (rowCount === 1) return { id };
      const { rows: [before] } = await query<CheckoutSession>(
        `SELECT ${COLUMNS} FROM payments.stripe_checkout_sessions
        WHERE environment = $1 AND idempotency_key = $2 AND request_hash = $3`,
        [environment, idempotencyKey, hash],
      );
      if (before) return { id: before.id, before };
      throw new ApiError(
        409,
        "PAYMENT_CHECKOUT_ALREADY_EXISTS",
        "The idempotency key was used for another checkout",
        "Choose another key, or send the same request. Policies that let callers insert must let " +
          "them select the same rows.",
      );
    }, sessionOf(identity));
  } catch (error) {
    throw refusalOf(error, "stripe_checkout_sessions");
  }
}

/** What a caller is told whom policies refuse. */
export function refusalOf(error: unknown, table: string): unknown {
  if (!(error instanceof DatabaseError && error.sqlstate === "42501")) return error;
  return new ApiError(
    403,
    "AUTH_UNAUTHORIZED",
    `The policies of payments.${table} do not allow this session`,
    "Give the role a policy for INSERT, and for SELECT where idempotency keys are sent.",
  );
}

async function hashOf(value: unknown): Promise<string> {
  const bytes = new TextEncoder().encode(JSON.stringify(value));
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex();
}

async function keepOpened(
  { database }: LocalBackend,
  id: string,
  page: StripeCheckout,
): Promise<CheckoutSession> {
  const { rows: [row] } = await database.query<CheckoutSession>(
    `UPDATE payments.stripe_checkout_sessions
    SET status = $2, payment_status = $3, checkout_session_id = $4, customer_id = $5,
      payment_intent_id = $6, subscription_id = $7, url = $8, raw = $9::jsonb, last_error = NULL,
      updated_at = pg_catalog.now()
    WHERE id = $1 RETURNING ${COLUMNS}`,
    [
      id,
      statusOf(page) ?? "open",
      paymentStatusOf(page),
      page.id,
      idOf(page.customer),
      idOf(page.payment_intent),
      idOf(page.subscription),
      page.url,
      JSON.stringify(page),
    ],
    PAYMENTS_SESSION,
  );
  if (row) return row;
  throw new ApiError(
    409,
    "PAYMENT_NOT_FOUND",
    "The checkout was forgotten while it was opened: the key of Stripe was changed",
    "Open another one.",
  );
}

/** Keeps what an event says of a page. @returns whether it was opened here */
export async function keepCheckout(
  { database }: LocalBackend,
  environment: Environment,
  page: StripeCheckout,
  status: "completed" | "expired",
): Promise<boolean> {
  const { rowCount } = await database.query(
    `UPDATE payments.stripe_checkout_sessions
    SET status = $3, payment_status = coalesce($4, payment_status),
      customer_id = coalesce($5, customer_id),
      payment_intent_id = coalesce($6, payment_intent_id),
      subscription_id = coalesce($7, subscription_id), url = coalesce($8, url), raw = $9::jsonb,
      last_error = NULL, updated_at = pg_catalog.now()
    WHERE environment = $1 AND checkout_session_id = $2`,
    [
      environment,
      page.id,
      status,
      paymentStatusOf(page),
      idOf(page.customer),
      idOf(page.payment_intent),
      idOf(page.subscription),
      page.url,
      JSON.stringify(page),
    ],
    PAYMENTS_SESSION,
  );
  return rowCount !== 0;
}

function statusOf({ status }: StripeCheckout): string | undefined {
  return status === "complete" ? "completed" : status ?? undefined;
}

/** What the table takes. */
const PAYMENT_STATUSES = ["paid", "unpaid", "no_payment_required"];

function paymentStatusOf({ payment_status: status }: StripeCheckout): string | null {
  return status && PAYMENT_STATUSES.includes(status) ? status : null;
}
