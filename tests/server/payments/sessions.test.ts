import {
  createCheckoutSessionResponseSchema,
  createCustomerPortalSessionResponseSchema,
} from "@insforge/shared-schemas";
import { createClient } from "@insforge/sdk";
import { assertEquals, assertMatch } from "@std/assert";
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { sign } from "hono/jwt";
import { startBackend, type TestBackend } from "../../support/backend.ts";
import { type StripeObject, StripeStandIn } from "../../support/stripe.ts";

const KEY = "sk_test_0123456789abcdef";
const ANN = "11111111-1111-4111-8111-111111111111";
const BOB = "22222222-2222-4222-8222-222222222222";
const TEST = "/api/payments/stripe/test";

describe("pages on which users pay", () => {
  let backend: TestBackend;
  let stripe: StripeStandIn;
  let price: StripeObject;
  let secret: string;

  const token = (sub: string) =>
    sign({ sub, role: "authenticated", exp: Math.floor(Date.now() / 1000) + 600 }, secret);
  const checkout = (more: object = {}) => ({
    mode: "payment",
    lineItems: [{ priceId: price.id, quantity: 2 }],
    successUrl: "https://shop.example/thanks?a=1&b=2",
    cancelUrl: "https://shop.example/cart",
    ...more,
  });
  const open = (key: string, body: object, name = "checkout-sessions") =>
    backend.request("POST", `${TEST}/${name}`, body, { key });

  beforeAll(async () => {
    stripe = new StripeStandIn([KEY]);
    backend = await startBackend({ stripeUrl: stripe.url });
    secret = JSON.parse(await Deno.readTextFile(`${backend.dataDir}/keys.json`)).jwtSecret;
    price = stripe.add("prices", {
      product: "prod_1",
      active: true,
      currency: "eur",
      type: "one_time",
    });
  });
  afterAll(async () => {
    await backend.close();
    await stripe[Symbol.asyncDispose]();
  });

  it("say that there is no key, and keep why they did not open", async () => {
    const { status, body } = await open(backend.anonKey, checkout());
    assertEquals([status, body.error], [400, "PAYMENT_CONFIG_INVALID"]);
    assertMatch(body.message, /STRIPE_TEST_SECRET_KEY is not configured/);
    const [row] = await backend.sql("SELECT * FROM payments.stripe_checkout_sessions");
    assertEquals([row!.status, row!.last_error], ["failed", body.message]);
    const live = await backend.request(
      "POST",
      "/api/payments/stripe/live/checkout-sessions",
      checkout(),
      { key: backend.anonKey },
    );
    assertMatch(live.body.message, /takes no live key/);
    await backend.request("PUT", `${TEST}/config`, { secretKey: KEY });
  });

  it("open for users and guests, and tell Stripe whose they are", async () => {
    const subject = { type: "user", id: ANN };
    const asked = checkout({ subject, customerEmail: "ann@example.com", metadata: { order: "7" } });
    const { status, body } = await open(await token(ANN), asked);
    assertEquals(status, 201);
    const { checkoutSession } = createCheckoutSessionResponseSchema.parse(body);
    const page = stripe.objects["checkout/sessions"]!.at(-1)!;
    assertEquals(checkoutSession.url, page.url);
    assertEquals(
      [checkoutSession.status, checkoutSession.paymentStatus, checkoutSession.checkoutSessionId],
      ["open", "unpaid", page.id],
    );
    const metadata = {
      order: "7",
      insforge_checkout_mode: "payment",
      insforge_subject_type: "user",
      insforge_subject_id: ANN,
      insforge_checkout_session_id: checkoutSession.id,
    };
    assertEquals(page.metadata, metadata);
    assertEquals(page.payment_intent_data.metadata, metadata);
    assertEquals(page.line_items, [{ price: price.id, quantity: 2 }]);
    assertEquals(page.success_url, "https://shop.example/thanks?a=1&b=2");
    assertEquals([page.customer_email, page.customer_creation], ["ann@example.com", "always"]);

    const guest = await open(backend.anonKey, checkout());
    assertEquals(guest.status, 201);
    const key = await open(backend.apiKey, checkout());
    assertEquals([key.status, key.body.error], [401, "AUTH_INVALID_CREDENTIALS"]);
    const team = { type: "team", id: "red" };
    const monthly = await open(await token(ANN), checkout({ mode: "subscription", subject: team }));
    assertEquals(monthly.status, 201);
    const { subscription_data } = stripe.objects["checkout/sessions"]!.at(-1)!;
    assertEquals(subscription_data.metadata.insforge_subject_id, "red");
    for (const wrong of [{ mode: "subscription" }, { metadata: { insforge_x: "1" } }]) {
      assertEquals((await open(backend.anonKey, checkout(wrong))).status, 400);
    }
  });

  it("open once for one idempotency key, however often they are asked for", async () => {
    const user = await token(ANN);
    const asked = checkout({ idempotencyKey: "order:8", metadata: { a: "1", b: "2" } });
    const answers = await Promise.all([1, 2, 3].map(() => open(user, asked)));
    assertEquals(answers.map(({ status }) => status), [201, 201, 201]);
    assertEquals(new Set(answers.map(({ body }) => body.checkoutSession.url)).size, 1);
    const reordered = checkout({ idempotencyKey: "order:8", metadata: { b: "2", a: "1" } });
    assertEquals((await open(user, reordered)).body, answers[0]!.body);
    const other = await open(user, checkout({ idempotencyKey: "order:8" }));
    assertEquals([other.status, other.body.error], [409, "PAYMENT_CHECKOUT_ALREADY_EXISTS"]);
    const failing = checkout({ lineItems: [{ priceId: "price_none" }], idempotencyKey: "order:9" });
    const refused = await open(user, failing);
    assertEquals([refused.status, refused.body.message], [400, "No such price: 'price_none'"]);
    stripe.add("prices", { id: "price_none", currency: "eur", product: "prod_1" });
    const { body } = await open(user, failing);
    assertEquals([body.checkoutSession.status, body.checkoutSession.lastError], ["open", null]);
  });

  it("are the caller's own rows, so that policies decide", async () => {
    await backend.sql(`
      ALTER TABLE payments.stripe_checkout_sessions ENABLE ROW LEVEL SECURITY;
      ALTER TABLE payments.stripe_customer_portal_sessions ENABLE ROW LEVEL SECURITY;
      CREATE POLICY own ON payments.stripe_checkout_sessions TO authenticated
        USING (subject_type = 'user' AND subject_id = auth.uid()::text)
        WITH CHECK (subject_type = 'user' AND subject_id = auth.uid()::text);
      CREATE POLICY own ON payments.stripe_customer_portal_sessions TO authenticated
        USING (subject_id = auth.uid()::text) WITH CHECK (subject_id = auth.uid()::text)`);
    const before = stripe.objects["checkout/sessions"]!.length;
    const asked = checkout({ subject: { type: "user", id: ANN }, idempotencyKey: "own" });
    assertEquals((await open(await token(ANN), asked)).status, 201);
    for (const [key, body] of [[await token(BOB), asked], [backend.anonKey, checkout()]] as const) {
      const refused = await open(key, body);
      assertEquals([refused.status, refused.body.error], [403, "AUTH_UNAUTHORIZED"]);
    }
    const portal = { subject: { type: "user", id: ANN } };
    const refused = await open(await token(BOB), portal, "customer-portal-sessions");
    assertEquals([refused.status, refused.body.error], [403, "AUTH_UNAUTHORIZED"]);
    assertEquals(stripe.objects["checkout/sessions"]!.length, before + 1);
  });

  it("let customers see to what they pay, as the official SDK asks for it", async () => {
    const sdk = createClient({ baseUrl: backend.url, anonKey: await token(ANN) });
    const subject = { type: "user", id: ANN };
    const nobody = await sdk.payments.stripe.createCustomerPortalSession("test", { subject });
    assertEquals([nobody.error?.statusCode, nobody.error?.error], [404, "PAYMENT_NOT_FOUND"]);
    await backend.sql(
      `INSERT INTO payments.customer_mappings (provider, environment, subject_type, subject_id,
        provider_customer_id) VALUES ('stripe', 'test', 'user', '${ANN}', 'cus_ann')`,
      { unrestricted: true },
    );
    const { data, error } = await sdk.payments.stripe.createCustomerPortalSession("test", {
      subject,
      returnUrl: "https://shop.example/account",
    });
    assertEquals(error, null);
    const { customerPortalSession } = createCustomerPortalSessionResponseSchema.parse(data);
    const page = stripe.objects["billing_portal/sessions"]!.at(-1)!;
    assertEquals([page.customer, page.return_url], ["cus_ann", "https://shop.example/account"]);
    assertEquals([customerPortalSession.url, customerPortalSession.status], [page.url, "created"]);
    const paid = await sdk.payments.stripe.createCheckoutSession("test", {
      ...checkout() as Parameters<typeof sdk.payments.stripe.createCheckoutSession>[1],
      subject,
      idempotencyKey: "sdk",
    });
    assertEquals(paid.data?.checkoutSession.status, "open");
    assertEquals(stripe.objects["checkout/sessions"]!.at(-1)!.customer, "cus_ann");
    for (const key of [backend.anonKey, backend.apiKey]) {
      assertEquals((await open(key, { subject }, "customer-portal-sessions")).status, 401);
    }
  });
});
