import { isWebAddress } from "../../core/web_address.ts";
import { UsageError } from "../../core/errors.ts";

export const STRIPE_URL_HELP = "Ask this address instead of Stripe: stripe-mock's.";

/** What `--stripe-url` says. @throws {UsageError} for no address */
export function stripeUrlOf({ stripeUrl }: { stripeUrl?: string }): string | undefined {
  if (stripeUrl === undefined || isWebAddress(stripeUrl)) return stripeUrl;
  throw new UsageError(`--stripe-url is no address: ${JSON.stringify(stripeUrl)}.`, {
    hint: "Give the base address of what answers as Stripe does, as http://127.0.0.1:12111.",
  });
}
