/** Pages of Stripe's on which customers see to their subscriptions (contract section 21.3). */
import type {
  CreateCustomerPortalSessionBody,
  CustomerPortalSession,
} from "@insforge/shared-schemas";
import { ApiError } from "../http/api_error.ts";
import { type Identity, sessionOf } from "../http/identity.ts";
import type { LocalBackend } from "../services.ts";
import { refusalOf } from "./checkout.ts";
import { customerOf } from "./customers.ts";
import { type Environment, openStripe, requireTest } from "./keys.ts";
import { PAYMENTS_SESSION } from "./tables.ts";

const COLUMNS = `id, environment, status, subject_type AS "subjectType", subject_id AS "subjectId",
  customer_id AS "customerId", return_url AS "returnUrl", configuration_id AS configuration, url,
  last_error AS "lastError", created_at AS "createdAt", updated_at AS "updatedAt"`;

/**
 * Opens a page for the customer who pays for a subject. Its row is the caller's own.
 * @throws {ApiError} 403 when policies do not allow it, 404 where nobody has paid for the subject,
 * and what Stripe says
 */
export async function createPortal(
  backend: LocalBackend,
  environment: Environment,
  { subject, returnUrl, configuration }: CreateCustomerPortalSessionBody,
  identity: Identity,
): Promise<CustomerPortalSession> {
  requireTest(environment);
  const { database } = backend;
  const id = crypto.randomUUID();
  await database.query(
    `INSERT INTO payments.stripe_customer_portal_sessions
      (id, environment, status, subject_type, subject_id, return_url, configuration_id)
    VALUES ($1, $2, 'initialized', $3, $4, $5, $6)`,
    [id, environment, subject.type, subject.id, returnUrl, configuration],
    sessionOf(identity),
  ).catch((error) => {
    throw refusalOf(error, "stripe_customer_portal_sessions");
  });
  try {
    const customer = await customerOf(backend, environment, subject);
    if (!customer) {
      throw new ApiError(
        404,
        "PAYMENT_NOT_FOUND",
        `No customer of Stripe's pays for the ${subject.type} ${subject.id}`,
        "There is one once a checkout with this subject is paid, and its event has come in.",
      );
    }
    const stripe = await openStripe(backend, environment);
    const page = await stripe.post<{ url: string }>("billing_portal/sessions", {
      customer,
      return_url: returnUrl,
      configuration,
    });
    const { rows } = await database.query<CustomerPortalSession>(
      `UPDATE payments.stripe_customer_portal_sessions
      SET status = 'created', customer_id = $2, url = $3, raw = $4::jsonb, last_error = NULL,
        updated_at = pg_catalog.now()
      WHERE id = $1 RETURNING ${COLUMNS}`,
      [id, customer, page.url, JSON.stringify(page)],
      PAYMENTS_SESSION,
    );
    return rows[0]!;
  } catch (error) {
    await database.query(
      `UPDATE payments.stripe_customer_portal_sessions
      SET status = 'failed', last_error = $2, updated_at = pg_catalog.now() WHERE id = $1`,
      [id, (error as Error).message],
      PAYMENTS_SESSION,
    );
    throw error;
  }
}
