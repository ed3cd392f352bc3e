/** The keys of Stripe's that a local backend has: those of the test mode alone. */
import type { PaymentEnvironment } from "@insforge/shared-schemas";
import { ApiError } from "../http/api_error.ts";
import type { LocalBackend } from "../services.ts";
import { StripeClient } from "./client.ts";

/** What has a key and events of its own. */
export type Environment = PaymentEnvironment;
export const ENVIRONMENTS: readonly Environment[] = ["test", "live"];

/** Names of the secrets of an environment. */
export const KEY_NAME = {
  test: "STRIPE_TEST_SECRET_KEY",
  live: "STRIPE_LIVE_SECRET_KEY",
} as const;
export const WEBHOOK_SECRET_NAME = {
  test: "STRIPE_TEST_WEBHOOK_SECRET",
  live: "STRIPE_LIVE_WEBHOOK_SECRET",
} as const;

const TEST_KEY = /^[sr]k_test_/;

/** What to do about a key that is missing, or the wrong one. */
const SET_KEY =
  "Take a key of the test mode from https://dashboard.stripe.com/test/apikeys and run " +
  "`insforge payments stripe config set --environment test`.";

/**
 * Refuses what is no key of the test mode: real money must not be moved from here.
 * @throws {ApiError} 400
 */
export function requireTestKey(environment: Environment, key: string): void {
  requireTest(environment);
  if (TEST_KEY.test(key)) return;
  if (/^[sr]k_live_/.test(key)) throw noLiveKeys();
  throw new ApiError(
    400,
    "PAYMENT_CONFIG_INVALID",
    `${KEY_NAME.test} must start with sk_test_ or rk_test_`,
    SET_KEY,
  );
}

/** @throws {ApiError} 400 for the live mode */
export function requireTest(environment: Environment): void {
  if (environment === "live") throw noLiveKeys();
}

function noLiveKeys(): ApiError {
  return new ApiError(
    400,
    "PAYMENT_CONFIG_INVALID",
    "The local backend takes no live key: real money is moved by a deployed backend alone",
    SET_KEY,
  );
}

/** That an environment has no key, as InsForge's own backend says it. */
export function notConfigured(environment: Environment): ApiError {
  return new ApiError(
    400,
    "PAYMENT_CONFIG_INVALID",
    `${KEY_NAME[environment]} is not configured`,
    SET_KEY,
  );
}

/**
 * Stripe with the key of an environment.
 * @throws {ApiError} 400 where there is none, or one that must not be used
 */
export async function openStripe(
  backend: LocalBackend,
  environment: Environment,
): Promise<StripeClient> {
  requireTest(environment);
  const key = await backend.secrets.read(KEY_NAME[environment]);
  if (!key) throw notConfigured(environment);
  requireTestKey(environment, key);
  return stripeWith(backend, key);
}

/** Stripe with a key that has been checked. */
export function stripeWith({ stripeUrl }: LocalBackend, key: string): StripeClient {
  return new StripeClient(key, stripeUrl);
}

/** A key as it is shown. */
export function maskedKey(key: string): string {
  if (key.length <= 8) return "****";
  const prefix = /^[sr]k_(test|live)_/.exec(key)?.[0] ?? key.slice(0, 4);
  return `${prefix}****${key.slice(-4)}`;
}
