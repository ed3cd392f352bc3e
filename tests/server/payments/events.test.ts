import { stripeWebhookResponseSchema } from "@insforge/shared-schemas";
import { assert, assertEquals, assertMatch } from "@std/assert";
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { startBackend, type TestBackend } from "../../support/backend.ts";
import { signatureOf, type StripeObject, StripeStandIn } from "../../support/stripe.ts";

const KEY = "sk_test_0123456789abcdef";
const SECRET = "whsec_0123456789abcdef";
const TEST = "/api/payments/stripe/test";
const HOOK = "/api/webhooks/stripe/test";
const SUBJECT = { insforge_subject_type: "team", insforge_subject_id: "red" };
/** When everything happened, in seconds. */
const THEN = 1_767_225_600;
const THEN_TEXT = "2026-01-01T00:00:00.000Z";

describe("events of Stripe's", () => {
  let backend: TestBackend;
  let stripe: StripeStandIn;
  let events = 0;

  const now = () => Math.floor(Date.now() / 1000);
  const eventOf = (type: string, object: object, id = `evt_${++events}`) =>
    JSON.stringify({
      id,
      object: "event",
      type,
      created: THEN,
      livemode: false,
      data: { object },
    });
  const post = (body: string, signature?: string, environment = "test") =>
    backend.request(
      "POST",
      `/api/webhooks/stripe/${environment}`,
      new TextEncoder().encode(body),
      {
        key: null,
        headers: {
          "content-type": "application/json",
          ...(signature && { "stripe-signature": signature }),
        },
      },
    );
  const deliver = async (type: string, object: object, id?: string) => {
    const body = eventOf(type, object, id);
    const answer = await post(body, await signatureOf(body, SECRET, now()));
    assertEquals(answer.status, 200, JSON.stringify(answer.body));
    return stripeWebhookResponseSchema.parse(answer.body);
  };
  const transactions = async () =>
    (await backend.request("GET", `${TEST}/transactions`)).body.transactions;

  beforeAll(async () => {
    stripe = new StripeStandIn([KEY]);
    backend = await startBackend({ stripeUrl: stripe.url });
  });
  afterAll(async () => {
    await backend.close();
    await stripe[Symbol.asyncDispose]();
  });

  it("are forwarded by Stripe's tool, whose secret is kept like any other", async () => {
    const none = await post(eventOf("ping", { id: "x" }), "t=1,v1=00");
    assertEquals([none.status, none.body.message], [
      500,
      "STRIPE_TEST_WEBHOOK_SECRET is not configured",
    ]);
    assertEquals((await backend.request("POST", `${TEST}/webhook`)).status, 400);
    await backend.request("PUT", `${TEST}/config`, { secretKey: KEY });
    const how = await backend.request("POST", `${TEST}/webhook`);
    assertEquals([how.status, how.body.error], [400, "PAYMENT_CONFIG_INVALID"]);
    assertMatch(
      how.body.message,
      /stripe listen --latest --forward-to http:\/\/127\.0\.0\.1:\d+\/api\/webhooks\/stripe\/test/,
    );
    assertMatch(how.body.message, /insforge secrets add STRIPE_TEST_WEBHOOK_SECRET/);
    await backend.request("POST", "/api/secrets", {
      key: "STRIPE_TEST_WEBHOOK_SECRET",
      value: SECRET,
    });
    const { body: { connection } } = await backend.request("POST", `${TEST}/webhook`);
    assertEquals(connection.webhookEndpointUrl, `${backend.url}${HOOK}`);
    assert(connection.webhookConfiguredAt);
    assertEquals(stripe.objects.webhook_endpoints, undefined);
  });

  it("are taken only with Stripe's signature of these bytes, made just now", async () => {
    const body = eventOf("customer.created", { id: "cus_no", object: "customer" });
    const right = await signatureOf(body, SECRET, now());
    const hex = right.split("v1=")[1]!;
    const wrong: [string, string | undefined, string?][] = [
      [body, undefined],
      [body, ""],
      [body, "nonsense"],
      [body, `t=${now()}`],
      [body, `v1=${hex}`],
      [body, right.replace(/v1=./, (start) => start.endsWith("0") ? "v1=1" : "v1=0")],
      [body, right.replace("v1=", "v0=")],
      [body, right.slice(0, -2)],
      [body, right.replace(/t=\d+/, `t=${now() + 1}`)],
      [`${body} `, right],
      [body, await signatureOf(body, "whsec_of_somebody", now())],
      [body, await signatureOf(body, SECRET, now() - 301)],
    ];
    for (const [text, signature] of wrong) {
      const { status } = await post(text, signature);
      assertEquals(status, signature ? 400 : 401, `${signature}`);
    }
    assertEquals((await post(body, right, "live")).status, 500);
    assertEquals((await post(body, right, "other")).status, 400);
    assertEquals(await backend.sql("SELECT * FROM payments.webhook_events"), []);
    assertEquals(await backend.sql("SELECT * FROM payments.customers"), []);
    // One right signature among others does, as while a secret is being changed.
    const among = right.replace("v1=", `v1=${"0".repeat(64)},v1=`);
    assertEquals((await post(body, among)).status, 200);
    const old = await signatureOf(body, SECRET, now() - 290);
    assertEquals((await post(body, old)).body.handled, false);
    const signedNonsense = await signatureOf("[]", SECRET, now());
    assertEquals((await post("[]", signedNonsense)).status, 400);
  });

  it("are carried out once, and again after a failure", async () => {
    const customer = { id: "cus_1", object: "customer", email: "ann@example.com", created: THEN };
    const first = await deliver("customer.created", customer, "evt_once");
    assertEquals([first.handled, first.event?.processingStatus], [true, "processed"]);
    const again = await deliver("customer.created", { ...customer, email: "x" }, "evt_once");
    assertEquals([again.handled, again.event?.attemptCount], [false, 1]);
    const { body: { customers } } = await backend.request("GET", `${TEST}/customers`);
    assertEquals(
      customers.find((c: StripeObject) => c.providerCustomerId === "cus_1").email,
      "ann@example.com",
    );
    assertEquals(
      (await deliver("radar.early_fraud_warning.created", { id: "x" })).event?.processingStatus,
      "ignored",
    );

    const refund = { id: "re_x", charge: "ch_none", amount: 1, currency: "eur", status: "pending" };
    const body = eventOf("refund.created", refund, "evt_fails");
    const failed = await post(body, await signatureOf(body, SECRET, now()));
    assertEquals([failed.status, failed.body.message], [404, "No such charge: 'ch_none'"]);
    const [row] = await backend.sql(
      "SELECT * FROM payments.webhook_events WHERE provider_event_id = 'evt_fails'",
    );
    assertEquals([row!.processing_status, row!.last_error], [
      "failed",
      "No such charge: 'ch_none'",
    ]);
    stripe.add("charges", { id: "ch_none", amount: 1, currency: "eur" });
    const repaired = await deliver("refund.created", refund, "evt_fails");
    assertEquals([repaired.handled, repaired.event?.attemptCount], [true, 2]);
    await backend.sql("DELETE FROM payments.transactions", { unrestricted: true });
  });

  it("fulfil orders by triggers of the app, which run as its owner", async () => {
    await backend.sql(`
      CREATE TABLE orders (id text PRIMARY KEY, status text, role text);
      INSERT INTO orders VALUES ('7', 'pending');
      CREATE FUNCTION fulfil() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        IF NEW.event_type = 'checkout.session.completed' AND NEW.processing_status = 'processed' THEN
          UPDATE public.orders SET status = 'paid', role = current_user
          WHERE id = NEW.payload #>> '{data,object,metadata,order}'
            AND EXISTS (SELECT FROM payments.customer_mappings WHERE subject_id = 'red');
        END IF;
        RETURN NEW;
      END $$;
      CREATE TRIGGER fulfil AFTER INSERT OR UPDATE ON payments.webhook_events
        FOR EACH ROW EXECUTE FUNCTION fulfil()`);
    const price = stripe.add("prices", { product: "prod_1", currency: "eur" });
    const { body: { checkoutSession: { checkoutSessionId } } } = await backend.request(
      "POST",
      `${TEST}/checkout-sessions`,
      {
        mode: "payment",
        lineItems: [{ priceId: price.id }],
        successUrl: "https://shop.example/",
        cancelUrl: "https://shop.example/",
        subject: { type: "team", id: "red" },
        metadata: { order: "7" },
      },
      { key: backend.anonKey },
    );
    const page = stripe.objects["checkout/sessions"]!.find(({ id }) => id === checkoutSessionId)!;
    // Which of the two comes first is left to chance.
    const intent = {
      id: "pi_1",
      object: "payment_intent",
      status: "succeeded",
      amount: 4000,
      amount_received: 4000,
      currency: "eur",
      latest_charge: "ch_1",
      created: THEN,
      metadata: page.payment_intent_data.metadata,
    };
    await deliver("payment_intent.succeeded", intent);
    await deliver("checkout.session.completed", {
      ...page,
      status: "complete",
      payment_status: "paid",
      payment_intent: "pi_1",
      customer: "cus_1",
      customer_details: { email: "ann@example.com" },
      amount_total: 4000,
      currency: "eur",
      created: THEN - 60,
    });
    assertEquals(await backend.sql("SELECT * FROM orders"), [
      { id: "7", status: "paid", role: "project_admin" },
    ]);
    const [row] = await backend.sql(
      `SELECT status, payment_status, customer_id FROM payments.stripe_checkout_sessions
      WHERE checkout_session_id = '${checkoutSessionId}'`,
    );
    assertEquals(row, { status: "completed", payment_status: "paid", customer_id: "cus_1" });
    const [paid, ...others] = await transactions();
    assertEquals(others, []);
    const { createdAt: _, updatedAt: __, ...shown } = paid;
    assertEquals(shown, {
      environment: "test",
      provider: "stripe",
      type: "one_time_payment",
      status: "succeeded",
      subjectType: "team",
      subjectId: "red",
      providerCustomerId: "cus_1",
      customerEmailSnapshot: "ann@example.com",
      providerReferenceId: "pi_1",
      providerReferenceType: "payment_intent",
      amount: 4000,
      amountRefunded: 0,
      currency: "eur",
      description: null,
      paidAt: THEN_TEXT,
      failedAt: null,
      refundedAt: null,
      providerCreatedAt: "2025-12-31T23:59:00.000Z",
    });
    const { body: { customers } } = await backend.request("GET", `${TEST}/customers`);
    const ann = customers.find((c: StripeObject) => c.providerCustomerId === "cus_1");
    assertEquals([ann.paymentsCount, ann.totalSpend, ann.totalSpendCurrency], [1, 4000, "eur"]);
  });

  it("sum up what is given back, and undo what fails", async () => {
    const refund = { object: "refund", payment_intent: "pi_1", charge: "ch_1", currency: "eur" };
    const send = (id: string, amount: number, status: string, type = "refund.created") =>
      deliver(type, { ...refund, id, amount, status, created: THEN + 60 });
    const payment = async () => {
      const found = (await transactions()).find((t: StripeObject) => t.type !== "refund");
      return [found.status, found.amountRefunded];
    };
    await send("re_1", 1000, "succeeded");
    assertEquals(await payment(), ["partially_refunded", 1000]);
    await send("re_2", 3000, "pending");
    assertEquals(await payment(), ["partially_refunded", 1000]);
    await send("re_2", 3000, "succeeded", "refund.updated");
    assertEquals(await payment(), ["refunded", 4000]);
    await send("re_2", 3000, "failed", "refund.failed");
    assertEquals(await payment(), ["partially_refunded", 1000]);
    const given = (await transactions()).find((t: StripeObject) =>
      t.providerReferenceId === "re_1"
    );
    assertEquals(
      [given.type, given.status, given.amount, given.subjectId, given.providerCustomerId],
      ["refund", "refunded", 1000, "red", "cus_1"],
    );
    await deliver("charge.refunded", {
      id: "ch_1",
      payment_intent: "pi_1",
      amount_refunded: 4000,
      refunded: true,
    });
    assertEquals(await payment(), ["refunded", 4000]);
  });

  it("ask Stripe what a refund belongs to whose payment was not told", async () => {
    const intent = stripe.add("payment_intents", {
      id: "pi_far",
      status: "succeeded",
      amount: 900,
      amount_received: 900,
      currency: "usd",
      customer: "cus_far",
      created: THEN,
    });
    stripe.add("charges", {
      id: "ch_far",
      payment_intent: intent.id,
      amount: 900,
      currency: "usd",
    });
    stripe.add("invoice_payments", {
      payment: { type: "payment_intent", payment_intent: intent.id },
      invoice: {
        id: "in_far",
        customer: "cus_far",
        customer_email: "far@example.com",
        amount_paid: 900,
        amount_due: 900,
        currency: "usd",
        number: "F-1",
        created: THEN,
        parent: { subscription_details: { subscription: "sub_far", metadata: SUBJECT } },
        lines: { data: [{ pricing: { price_details: { price: "price_1", product: "prod_1" } } }] },
      },
    });
    await deliver("refund.created", {
      id: "re_far",
      charge: "ch_far",
      payment_intent: null,
      amount: 900,
      currency: "usd",
      status: "succeeded",
      created: THEN,
    });
    const found = (await transactions()).filter((t: StripeObject) => t.currency === "usd");
    assertEquals(
      found.map((t: StripeObject) => [t.type, t.status, t.subjectId, t.amountRefunded]).sort(),
      [["refund", "refunded", "red", 900], ["subscription_invoice", "succeeded", "red", 0]],
    );
  });

  it("keep subscriptions with their items, and whose they are", async () => {
    const item = (id: string, price: string) => ({
      id,
      object: "subscription_item",
      price: { id: price, product: "prod_1" },
      quantity: 3,
      current_period_start: THEN,
      current_period_end: THEN + 86_400,
    });
    const subscription = {
      id: "sub_1",
      object: "subscription",
      customer: "cus_2",
      status: "active",
      items: { data: [item("si_1", "price_1"), item("si_2", "price_2")], has_more: false },
      metadata: { ...SUBJECT, insforge_subject_id: "blue" },
    };
    // An invoice may come before whose customer it is.
    await deliver("invoice.paid", {
      id: "in_1",
      customer: "cus_2",
      amount_paid: 500,
      amount_due: 500,
      currency: "eur",
      created: THEN,
      parent: {
        subscription_details: { subscription: "sub_1", metadata: subscription.metadata },
      },
    });
    assertEquals((await deliver("customer.subscription.created", subscription)).handled, true);
    const list = async (query = "") =>
      (await backend.request("GET", `${TEST}/subscriptions${query}`)).body.subscriptions;
    const [kept] = await list("?subjectType=team&subjectId=blue");
    assertEquals([kept.status, kept.currentPeriodEnd, kept.items.length], [
      "active",
      "2026-01-02T00:00:00.000Z",
      2,
    ]);
    assertEquals([kept.items[0].priceId, kept.items[0].quantity], ["price_1", 3]);
    assertEquals(await list("?subjectType=team&subjectId=none"), []);
    assertEquals((await backend.request("GET", `${TEST}/subscriptions?subjectId=x`)).status, 400);
    await deliver("customer.subscription.updated", {
      ...subscription,
      status: "canceled",
      items: { data: [item("si_2", "price_2")], has_more: false },
    });
    assertEquals((await list())[0].status, "canceled");
    assertEquals((await list())[0].items.length, 1);
    const [invoice] = (await transactions()).filter((t: StripeObject) =>
      t.providerReferenceId === "in_1"
    );
    assertEquals([invoice.type, invoice.subjectId], ["subscription_invoice", "blue"]);

    // What has more items than an event holds is asked for.
    for (let i = 0; i < 120; i++) {
      stripe.add("subscription_items", { ...item(`si_${i}`, "price_1"), subscription: "sub_2" });
    }
    await deliver("customer.subscription.created", {
      ...subscription,
      id: "sub_2",
      metadata: {},
      items: { data: [item("si_0", "price_1")], has_more: true },
    });
    const many = (await list()).find((s: StripeObject) => s.subscriptionId === "sub_2");
    assertEquals([many.items.length, many.subjectId], [120, "blue"]);
    stripe.objects.subscriptions!.push({ ...subscription, status: "past_due" });
    const { body: { results } } = await backend.request("POST", `${TEST}/sync`);
    assertEquals(results[0].subscriptions, {
      environment: "test",
      synced: 1,
      unmapped: 0,
      deleted: 1,
    });
    assertEquals((await list()).map((s: StripeObject) => s.status), ["past_due"]);
  });

  it("forget whose customers are that are deleted, and keep what was known of them", async () => {
    await deliver("customer.deleted", { id: "cus_1", object: "customer", deleted: true });
    const { body: { customers } } = await backend.request("GET", `${TEST}/customers`);
    const ann = customers.find((c: StripeObject) => c.providerCustomerId === "cus_1");
    assertEquals([ann.deleted, ann.email], [true, "ann@example.com"]);
    const mapped = await backend.sql(
      "SELECT * FROM payments.customer_mappings WHERE provider_customer_id = 'cus_1'",
    );
    assertEquals(mapped, []);
  });

  it("leave neither key nor secret in answers and logs", async () => {
    await backend.request("DELETE", `${TEST}/config`);
    assertEquals((await post(eventOf("x", { id: "x" }), "t=1,v1=00")).status, 500);
    for await (const { name } of Deno.readDir(`${backend.dataDir}/logs`)) {
      const text = await Deno.readTextFile(`${backend.dataDir}/logs/${name}`);
      assert(!text.includes(KEY) && !text.includes(SECRET), name);
    }
  });
});
