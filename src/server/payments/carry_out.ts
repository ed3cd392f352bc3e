/** What comes of an event of Stripe's. */
import type { LocalBackend } from "../services.ts";
import { keepCheckout } from "./checkout.ts";
import type { StripeClient } from "./client.ts";
import { dropCustomer, keepCustomers, mapCustomer, subjectIn } from "./customers.ts";
import type { Environment } from "./keys.ts";
import { keepSubscription } from "./subscriptions.ts";
import { PAYMENTS_SESSION } from "./tables.ts";
import { Ledger } from "./ledger.ts";
import {
  idOf,
  type StripeCharge,
  type StripeCheckout,
  type StripeCustomer,
  type StripeEvent,
  type StripeInvoice,
  type StripePaymentIntent,
  type StripeRefund,
  type StripeSubscription,
  timeOf,
} from "./types.ts";

/** @returns false for what is no concern of the project's */
export async function carryOut(
  backend: LocalBackend,
  environment: Environment,
  stripe: StripeClient,
  { type, created, data }: StripeEvent,
): Promise<boolean> {
  const ledger = new Ledger(backend, environment, stripe);
  const at = timeOf(created);
  switch (type) {
    case "customer.created":
    case "customer.updated":
    case "customer.deleted": {
      const customer = data.object as StripeCustomer;
      const now = backend.clock().toISOString();
      await backend.database.run(
        type === "customer.deleted"
          ? dropCustomer(environment, customer.id, now)
          : keepCustomers(environment, [customer], now),
        PAYMENTS_SESSION,
      );
      return true;
    }
    case "checkout.session.completed":
    case "checkout.session.async_payment_succeeded":
    case "checkout.session.async_payment_failed": {
      const page = data.object as StripeCheckout;
      const isKnown = await keepCheckout(backend, environment, page, "completed");
      const subject = subjectIn(page.metadata);
      const customer = idOf(page.customer);
      const isMapped = subject !== undefined && customer !== null &&
        type !== "checkout.session.async_payment_failed";
      if (isMapped) await mapCustomer(backend, environment, subject, customer, { replace: true });
      const isPaid = page.mode === "payment";
      if (isPaid) await ledger.checkout(page, OUTCOMES[type], at);
      return isKnown || isMapped || isPaid;
    }
    case "checkout.session.expired":
      return await keepCheckout(backend, environment, data.object as StripeCheckout, "expired");
    case "invoice.paid":
    case "invoice.payment_failed":
      await ledger.invoice(
        data.object as StripeInvoice,
        type === "invoice.paid" ? "succeeded" : "failed",
      );
      return true;
    case "payment_intent.succeeded":
    case "payment_intent.payment_failed":
      return await ledger.paymentIntent(
        data.object as StripePaymentIntent,
        type === "payment_intent.succeeded" ? "succeeded" : "failed",
      );
    case "charge.refunded":
      await ledger.refundedCharge(data.object as StripeCharge);
      return true;
    case "refund.created":
    case "refund.updated":
    case "refund.failed":
      await ledger.refund(data.object as StripeRefund);
      return true;
    case "customer.subscription.created":
    case "customer.subscription.updated":
    case "customer.subscription.deleted":
    case "customer.subscription.paused":
    case "customer.subscription.resumed": {
      const subscription = data.object as StripeSubscription;
      return (await keepSubscription(backend, environment, stripe, subscription)).isKept;
    }
    default:
      return false;
  }
}

/** What an event of a page says of the payment; the page itself tells where it says nothing. */
const OUTCOMES: Readonly<Record<string, "succeeded" | "failed">> = {
  "checkout.session.async_payment_succeeded": "succeeded",
  "checkout.session.async_payment_failed": "failed",
};
