/** What an organization uses and pays: section 2.12 of the HTTP contract. */
import type {
  BillingCycle,
  Credits,
  Payment,
  Subscription,
  Usage,
} from "../../shared/contract/platform.ts";
import { path } from "../address.ts";
import type { HttpClient } from "../http.ts";
import { incomplete } from "./projects.ts";

/** The plan of an organization. */
export async function getSubscription(platform: HttpClient, id: string): Promise<Subscription> {
  const answer = await platform.json<Subscription | undefined>(
    "GET",
    `/organizations/v1${path(id)}/subscription-status`,
  );
  if (!answer?.plan) throw incomplete("the plan");
  return answer;
}

/** What an organization has in credit. */
export async function getCredits(platform: HttpClient, id: string): Promise<Credits> {
  const answer = await platform.json<Credits | undefined>("GET", `/billing/v1${path(id)}/credits`);
  if (answer?.creditBalanceCents === undefined) throw incomplete("the credits");
  return { ...answer, transactions: answer.transactions ?? [] };
}

/** What an organization has paid. */
export async function listPayments(platform: HttpClient, id: string): Promise<Payment[]> {
  const answer = await platform.json<Payment[] | { payments?: Payment[] } | undefined>(
    "GET",
    `/organizations/v1${path(id)}/payment-history`,
  );
  return Array.isArray(answer) ? answer : answer?.payments ?? [];
}

/** The billing cycle that runs now, and the one before where there was one. */
export async function getBillingCycles(
  platform: HttpClient,
  id: string,
): Promise<{ current: BillingCycle; previous?: BillingCycle }> {
  const answer = await platform.json<
    { current?: BillingCycle; previous?: BillingCycle } | undefined
  >("GET", `/organizations/v1${path(id)}/billing-cycles`);
  if (!answer?.current) throw incomplete("the billing cycle");
  return { ...answer, current: answer.current };
}

/** Begins a change of plan: who opens the address decides and pays there. */
export async function beginCheckout(
  platform: HttpClient,
  organizationId: string,
  plan: string,
): Promise<{ checkoutUrl: string; sessionId: string }> {
  const answer = await platform.json<{ checkoutUrl?: string; sessionId?: string } | undefined>(
    "POST",
    "/billing/v1/stripe/checkout-session",
    // It charges nothing, and one that nobody opens ends by itself.
    { json: { organizationId, plan }, idempotent: true },
  );
  if (!answer?.checkoutUrl) throw incomplete("the checkout");
  return { checkoutUrl: answer.checkoutUrl, sessionId: answer.sessionId ?? "" };
}

/** An address at which plan and means of payment can be changed for a while. */
export async function beginPortal(
  platform: HttpClient,
  organizationId: string,
): Promise<{ portalUrl: string }> {
  const answer = await platform.json<{ portalUrl?: string } | undefined>(
    "POST",
    "/billing/v1/stripe/portal-session",
    { json: { organizationId }, idempotent: true },
  );
  if (!answer?.portalUrl) throw incomplete("the portal");
  return { portalUrl: answer.portalUrl };
}

/** What an organization has used since its billing cycle began. */
export async function getUsage(platform: HttpClient, id: string): Promise<Usage> {
  const answer = await platform.json<Usage | undefined>(
    "GET",
    `/usage/v1/organizations${path(id)}`,
  );
  if (!answer?.organization || !answer.usage_summary) throw incomplete("the usage");
  return { ...answer, projects: answer.projects ?? [] };
}
