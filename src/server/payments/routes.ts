import {
  createCheckoutSessionBodySchema,
  createCustomerPortalSessionBodySchema,
  listPaymentCustomersQuerySchema,
  listPaymentTransactionsQuerySchema,
  listStripeSubscriptionsQuerySchema,
  upsertStripeConfigBodySchema,
} from "@insforge/shared-schemas";
import { Hono } from "hono";
import { hasApiKey, requireAdmin, requireUser } from "../http/authenticate.ts";
import { ApiError } from "../http/api_error.ts";
import { parseBody, parseValue } from "../http/validate.ts";
import type { Area, LocalBackend, RequestContext, RequestVariables } from "../services.ts";
import { catalog } from "./catalog.ts";
import { createCheckout } from "./checkout.ts";
import { configureWebhook, readConfig, removeKey, setKey } from "./config.ts";
import { readConnections } from "./connections.ts";
import { listCustomers } from "./customers.ts";
import { environmentOf } from "./environment.ts";
import { type Environment, ENVIRONMENTS } from "./keys.ts";
import { createPortal } from "./portal.ts";
import { listSubscriptions } from "./subscriptions.ts";
import { sync } from "./sync.ts";
import { listTransactions } from "./transactions.ts";
import { Turns } from "./turns.ts";

/** Payments by Stripe, in its test mode (contract section 21). */
export function payments(backend: LocalBackend): Area {
  return new Hono<RequestVariables>()
    .route("/stripe", stripe(backend))
    .all("/razorpay/*", requireUser(backend), () => {
      throw new ApiError(
        503,
        "PAYMENT_CONFIG_NOT_FOUND",
        "Razorpay is not set up: the local backend knows Stripe alone",
        "Try it against a deployed backend, with a test key of Razorpay.",
      );
    });
}

function stripe(backend: LocalBackend): Area {
  const admin = requireAdmin(backend);
  const user = requireUser(backend);
  const turns = new Turns();
  const syncInTurn = (environment: Environment) =>
    turns.take(environment, () => sync(backend, environment));

  return new Hono<RequestVariables>()
    .get("/status", admin, async (context) => {
      return context.json({ connections: await readConnections(backend) });
    })
    .get("/config", admin, async (context) => context.json(await readConfig(backend)))
    .post("/sync", admin, async (context) => {
      return context.json({ results: await Promise.all(ENVIRONMENTS.map(syncInTurn)) });
    })
    .put("/:environment/config", admin, async (context) => {
      const environment = environmentOf(context);
      const { secretKey } = await parseBody(context, upsertStripeConfigBodySchema);
      await turns.take(environment, () => setKey(backend, environment, secretKey));
      return context.json(await readConfig(backend));
    })
    .delete("/:environment/config", admin, async (context) => {
      const environment = environmentOf(context);
      await turns.take(environment, () => removeKey(backend, environment));
      return context.json(await readConfig(backend));
    })
    .post("/:environment/sync", admin, async (context) => {
      return context.json({ results: [await syncInTurn(environmentOf(context))] });
    })
    .post("/:environment/webhook", admin, async (context) => {
      const environment = environmentOf(context);
      return context.json(
        await turns.take(environment, () => configureWebhook(backend, environment)),
      );
    })
    .post("/:environment/checkout-sessions", user, async (context) => {
      const environment = environmentOf(context);
      const request = await parseBody(context, createCheckoutSessionBodySchema);
      requirePerson(context);
      const open = () => createCheckout(backend, environment, request, context.get("identity"));
      const { idempotencyKey } = request;
      const checkoutSession =
        await (idempotencyKey ? turns.take(`${environment} ${idempotencyKey}`, open) : open());
      return context.json({ checkoutSession }, 201);
    })
    .post("/:environment/customer-portal-sessions", user, async (context) => {
      const environment = environmentOf(context);
      const request = await parseBody(context, createCustomerPortalSessionBodySchema);
      requirePerson(context);
      const identity = context.get("identity");
      if (identity.role === "anon") throw nobody("The portal is for signed-in users");
      const customerPortalSession = await createPortal(backend, environment, request, identity);
      return context.json({ customerPortalSession }, 201);
    })
    .use("/:environment/catalog/*", admin)
    .route("/:environment/catalog", catalog(backend, turns))
    .get("/:environment/customers", admin, async (context) => {
      const { limit } = parseValue(context.req.query(), listPaymentCustomersQuerySchema);
      const customers = await listCustomers(backend, environmentOf(context), limit);
      return context.json({ customers });
    })
    .get("/:environment/subscriptions", admin, async (context) => {
      const query = parseValue(context.req.query(), listStripeSubscriptionsQuerySchema);
      const subscriptions = await listSubscriptions(backend, environmentOf(context), query);
      return context.json({ subscriptions });
    })
    .get("/:environment/transactions", admin, async (context) => {
      const query = parseValue(context.req.query(), listPaymentTransactionsQuerySchema);
      const transactions = await listTransactions(backend, environmentOf(context), query);
      return context.json({ transactions });
    });
}

/** Sessions are opened by somebody whom policies know, not by the project. @throws {ApiError} */
function requirePerson(context: RequestContext): void {
  if (hasApiKey(context)) {
    throw nobody("The API key is nobody: send a user's token, or the anon key");
  }
}

function nobody(message: string): ApiError {
  return new ApiError(401, "AUTH_INVALID_CREDENTIALS", message);
}
