import { Hono } from "hono";
import { requireUser } from "./http/authenticate.ts";
import { ApiError } from "./http/api_error.ts";
import type { Area, LocalBackend, RequestVariables } from "./services.ts";

/** Says that payments are not part of this backend; its tables are (docs/differences.md). */
export function payments(backend: LocalBackend): Area {
  return new Hono<RequestVariables>().all("/*", requireUser(backend), () => {
    throw new ApiError(
      503,
      "PAYMENT_CONFIG_NOT_FOUND",
      "Payments are not set up: the local backend takes none",
      "Try them against a hosted or self-hosted backend, with a test key of Stripe or Razorpay.",
    );
  });
}
