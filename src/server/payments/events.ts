/** Events that Stripe sends (contract section 21.5). */
import type { StripeWebhookEvent, StripeWebhookResponse } from "@insforge/shared-schemas";
import { Hono } from "hono";
import { ApiError } from "../http/api_error.ts";
import { readBody } from "../http/validate.ts";
import type { Area, LocalBackend, RequestVariables } from "../services.ts";
import { carryOut } from "./carry_out.ts";
import { forwardingHint } from "./config.ts";
import { environmentOf } from "./environment.ts";
import { type Environment, openStripe, WEBHOOK_SECRET_NAME } from "./keys.ts";
import { verifySignature } from "./signature.ts";
import { PAYMENTS_SESSION } from "./tables.ts";
import { Turns } from "./turns.ts";
import type { StripeEvent } from "./types.ts";

/** Bytes that an event may have. */
const MOST_BYTES = 4 * 1024 ** 2;

/** What other services send by themselves. */
export function webhooks(backend: LocalBackend): Area {
  const turns = new Turns();
  return new Hono<RequestVariables>().post("/stripe/:environment", async (context) => {
    const signature = context.req.header("stripe-signature");
    if (!signature) {
      throw new ApiError(401, "AUTH_UNAUTHORIZED", "The header Stripe-Signature is missing");
    }
    const environment = environmentOf(context);
    const secret = (await backend.secrets.read(WEBHOOK_SECRET_NAME[environment]))?.trim();
    if (!secret) {
      throw new ApiError(
        500,
        "INTERNAL_ERROR",
        `${WEBHOOK_SECRET_NAME[environment]} is not configured`,
        forwardingHint(backend, environment),
      );
    }
    const body = await readBody(context, MOST_BYTES);
    await verifySignature(signature, body, secret, backend.clock());
    const event = parsed(body);
    // One after another: what two say of the same payment must not be read before it is written.
    return context.json(
      await turns.take(environment, () => receive(backend, environment, event)),
    );
  });
}

function parsed(body: Uint8Array): StripeEvent {
  try {
    const event = JSON.parse(new TextDecoder().decode(body));
    if (event.id && event.type && event.data.object.id) return event;
  } catch {
    // Told below.
  }
  throw new ApiError(400, "INVALID_INPUT", "The body is no event with the object that it is about");
}

/** Carries out an event that has not been, and notes what became of it. */
async function receive(
  backend: LocalBackend,
  environment: Environment,
  event: StripeEvent,
): Promise<StripeWebhookResponse> {
  const stripe = await openStripe(backend, environment);
  const begun = await begin(backend, environment, event);
  if (!begun) {
    const known = await find(backend, environment, event);
    return { received: true, handled: false, event: known };
  }
  let handled: boolean;
  try {
    handled = await carryOut(backend, environment, stripe, event);
  } catch (error) {
    await end(backend, environment, event, "failed", (error as Error).message);
    throw error;
  }
  await end(backend, environment, event, handled ? "processed" : "ignored");
  return { received: true, handled, event: await find(backend, environment, event) };
}

/**
 * Notes that an event has come.
 * @returns false when it was carried out before, or is just now
 */
async function begin(
  { database }: LocalBackend,
  environment: Environment,
  event: StripeEvent,
): Promise<boolean> {
  const { object, id } = event.data.object as { object?: string; id?: string };
  const { rowCount } = await database.query(
    `INSERT INTO payments.webhook_events AS known (provider, environment, provider_event_id,
      event_type, livemode, provider_account_id, object_type, object_id, processing_status,
      attempt_count, payload)
    VALUES ('stripe', $1, $2, $3, $4, $5, $6, $7, 'pending', 1, $8::jsonb)
    ON CONFLICT (provider, environment, provider_event_id) DO UPDATE
    SET processing_status = 'pending', attempt_count = known.attempt_count + 1, last_error = NULL,
      processed_at = NULL, payload = excluded.payload, updated_at = pg_catalog.now()
    WHERE known.processing_status = 'failed' OR known.processing_status = 'pending'
      AND known.updated_at < pg_catalog.now() - interval '5 minutes'`,
    [
      environment,
      event.id,
      event.type,
      event.livemode,
      event.account,
      object,
      id,
      JSON.stringify(event),
    ],
    PAYMENTS_SESSION,
  );
  return rowCount !== 0;
}

async function end(
  { database }: LocalBackend,
  environment: Environment,
  { id }: StripeEvent,
  status: "processed" | "ignored" | "failed",
  error: string | null = null,
): Promise<void> {
  await database.query(
    `UPDATE payments.webhook_events SET processing_status = $3, last_error = $4,
      processed_at = CASE $3 WHEN 'failed' THEN processed_at ELSE pg_catalog.now() END,
      updated_at = pg_catalog.now()
    WHERE provider = 'stripe' AND environment = $1 AND provider_event_id = $2`,
    [environment, id, status, error],
    PAYMENTS_SESSION,
  );
}

async function find(
  { database }: LocalBackend,
  environment: Environment,
  { id }: StripeEvent,
): Promise<StripeWebhookEvent> {
  const { rows } = await database.query<StripeWebhookEvent>(
    `SELECT environment, provider_event_id AS "eventId", event_type AS "eventType", livemode,
      provider_account_id AS "accountId", object_type AS "objectType", object_id AS "objectId",
      processing_status AS "processingStatus", attempt_count AS "attemptCount",
      last_error AS "lastError", received_at AS "receivedAt", processed_at AS "processedAt",
      created_at AS "createdAt", updated_at AS "updatedAt"
    FROM payments.webhook_events
    WHERE provider = 'stripe' AND environment = $1 AND provider_event_id = $2`,
    [environment, id],
  );
  return rows[0]!;
}
