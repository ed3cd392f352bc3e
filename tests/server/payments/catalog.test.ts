import {
  getStripeConfigResponseSchema,
  getStripeStatusResponseSchema,
  listStripeCatalogResponseSchema,
  type StripeConnection,
  type StripePrice,
} from "@insforge/shared-schemas";
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { startBackend, type TestBackend } from "../../support/backend.ts";
import { StripeStandIn } from "../../support/stripe.ts";

const KEY = "sk_test_0123456789abcdef";
const SAME_ACCOUNT = "rk_test_restricted456789";
const OTHER_ACCOUNT = "sk_test_of_another_account";
const STRIPE = "/api/payments/stripe";

describe("the key of Stripe and what its account has", () => {
  let backend: TestBackend;
  let stripe: StripeStandIn;

  const ask = (method: string, path: string, body?: unknown) =>
    backend.request(method, `${STRIPE}/${path}`, body);
  const setKey = (secretKey: string, environment = "test") =>
    ask("PUT", `${environment}/config`, { secretKey });
  const connection = async (environment = "test") => {
    const { body } = await ask("GET", "status");
    const { connections } = getStripeStatusResponseSchema.parse(body);
    return connections.find((found) => found.environment === environment)!;
  };

  beforeAll(async () => {
    stripe = new StripeStandIn([KEY, SAME_ACCOUNT, OTHER_ACCOUNT], {
      [SAME_ACCOUNT]: { id: "acct_1", object: "account", email: "shop1@example.com" },
    });
    backend = await startBackend({ stripeUrl: stripe.url });
  });
  afterAll(async () => {
    await backend.close();
    await stripe[Symbol.asyncDispose]();
  });

  it("answers what it can without a key, and says how to set one", async () => {
    assertEquals((await connection()).status, "unconfigured");
    assertEquals((await ask("GET", "config")).body, {
      keys: [{ environment: "test", value: null }, { environment: "live", value: null }],
    });
    const { body: synced } = await ask("POST", "sync");
    assertEquals(
      synced.results.map(({ connection }: { connection: StripeConnection }) =>
        connection.lastSyncError
      ),
      ["STRIPE_TEST_SECRET_KEY is not configured", "STRIPE_LIVE_SECRET_KEY is not configured"],
    );
    const made = await ask("POST", "test/catalog/products", { name: "Mug" });
    assertEquals([made.status, made.body.error], [400, "PAYMENT_CONFIG_INVALID"]);
    assertMatch(made.body.nextActions, /insforge payments stripe config set --environment test/);
    const removed = await ask("DELETE", "test/config");
    assertEquals([removed.status, removed.body.error], [404, "PAYMENT_CONFIG_NOT_FOUND"]);
    assertEquals((await ask("GET", "nowhere/catalog")).status, 400);
    assertEquals(stripe.requests, []);
  });

  it("takes no live key, by whatever way it comes", async () => {
    const live = "sk_live_0123456789abcdef";
    for (const [environment, key] of [["live", live], ["test", live], ["live", KEY]] as const) {
      const { status, body } = await setKey(key, environment);
      assertEquals([status, body.error], [400, "PAYMENT_CONFIG_INVALID"]);
      assertMatch(body.message, /takes no live key/);
    }
    assertMatch((await setKey("pk_test_1")).body.message, /must start with sk_test_ or rk_test_/);
    for (const name of ["STRIPE_LIVE_SECRET_KEY", "STRIPE_TEST_SECRET_KEY"]) {
      await backend.request("POST", "/api/secrets", { key: name, value: live });
    }
    for (const environment of ["live", "test"]) {
      const { body } = await ask("POST", `${environment}/sync`);
      assertMatch(body.results[0].connection.lastSyncError, /takes no live key/);
      const made = await ask("POST", `${environment}/catalog/products`, { name: "Mug" });
      assertMatch(made.body.message, /takes no live key/);
      assertEquals((await ask("DELETE", `${environment}/config`)).status, 200);
    }
    assertEquals(stripe.requests, []);
  });

  it("keeps no key that Stripe does not know, and repeats none", async () => {
    const unknown = "sk_test_that_nobody_knows";
    const { status, body } = await setKey(unknown);
    assertEquals([status, body.error], [401, "PAYMENT_CONFIG_INVALID"]);
    assert(!JSON.stringify(body).includes(unknown), JSON.stringify(body));
    assertEquals((await connection()).maskedKey, null);
  });

  it("mirrors what the account has, page by page, and keeps the key to itself", async () => {
    const mug = stripe.add("products", { name: "Mug", active: true, metadata: { size: "l" } });
    for (let i = 0; i < 230; i++) {
      stripe.add("prices", {
        product: mug.id,
        active: i % 2 === 0,
        currency: "eur",
        unit_amount: i,
        unit_amount_decimal: String(i),
        type: "one_time",
      });
    }
    stripe.add("customers", { email: "ann@example.com", name: "Ann", address: { country: "de" } });
    const { status, body } = await setKey(` ${KEY} `);
    assertEquals(status, 200);
    assertEquals(getStripeConfigResponseSchema.parse(body).keys[0], {
      environment: "test",
      value: "sk_test_****cdef",
    });
    const found = await connection();
    assertEquals([found.status, found.lastSyncStatus], ["connected", "succeeded"]);
    assertEquals([found.accountId, found.accountEmail], ["acct_1", "shop1@example.com"]);
    assertEquals(found.maskedKey, "sk_test_****cdef");
    assertEquals(found.lastSyncCounts, { products: 1, prices: 230 });
    const { body: mirrored } = await ask("GET", "test/catalog");
    const { products, prices } = listStripeCatalogResponseSchema.parse(mirrored);
    assertEquals(products.map(({ name, metadata }) => [name, metadata]), [["Mug", { size: "l" }]]);
    assertEquals(prices.length, 230);
    const { body: { customers } } = await ask("GET", "test/customers");
    assertEquals([customers[0].name, customers[0].countryCode, customers.length], ["Ann", "DE", 1]);
    const [stored] = await backend.sql(
      "SELECT value_ciphertext FROM system.secrets WHERE key = 'STRIPE_TEST_SECRET_KEY'",
    );
    assertMatch(stored!.value_ciphertext, /^\w{32}:\w{32}:\w+$/);
    for (const { headers } of stripe.requests) {
      assertEquals(headers.get("stripe-version"), "2026-04-22.dahlia");
    }
  });

  it("makes, changes and removes products and prices there and here", async () => {
    const fields = { name: "Poster", description: "A2 & more", metadata: { "a[b]": "c=d" } };
    const { status, body } = await ask("POST", "test/catalog/products", {
      ...fields,
      idempotencyKey: "poster",
    });
    assertEquals(status, 201);
    const { productId } = body.product;
    const poster = () => stripe.objects.products!.find(({ id }) => id === productId);
    assertEquals([poster()!.name, poster()!.description], [fields.name, fields.description]);
    assertEquals(stripe.requests.at(-1)!.fields["metadata[a[b]]"], "c=d");
    const again = await ask("POST", "test/catalog/products", {
      ...fields,
      idempotencyKey: "poster",
    });
    assertEquals(again.body.product.productId, productId);
    assertEquals(
      stripe.requests.at(-1)!.headers.get("idempotency-key"),
      "insforge:test:product:poster",
    );

    const price = await ask("POST", "test/catalog/prices", {
      productId,
      currency: "USD",
      unitAmount: 2000,
      lookupKey: "poster-monthly",
      recurring: { interval: "month", intervalCount: 3 },
    });
    assertEquals(price.status, 201);
    assertEquals(price.body.price.recurringIntervalCount, 3);
    assertEquals([price.body.price.currency, price.body.price.unitAmount], ["usd", 2000]);
    const { priceId } = price.body.price;
    const changed = await ask("PATCH", `test/catalog/prices/${priceId}`, { lookupKey: null });
    assertEquals(changed.body.price.lookupKey, null);
    const archived = await ask("DELETE", `test/catalog/prices/${priceId}`);
    assertEquals([archived.body.archived, archived.body.price.active], [true, false]);
    const of = await ask("GET", `test/catalog/prices?productId=${productId}`);
    assertEquals(of.body.prices.map((found: StripePrice) => found.priceId), [priceId]);

    const renamed = await ask("PATCH", `test/catalog/products/${productId}`, {
      name: "Print",
      description: null,
    });
    assertEquals([renamed.body.product.name, renamed.body.product.description], ["Print", null]);
    assertEquals(poster()!.description, null);
    const { body: shown } = await ask("GET", `test/catalog/products/${productId}`);
    assertEquals([shown.product.name, shown.prices.length], ["Print", 1]);
    const removed = await ask("DELETE", `test/catalog/products/${productId}`);
    assertEquals(removed.body, { productId, deleted: true });
    assertEquals(poster(), undefined);
    assertEquals((await ask("GET", `test/catalog/products/${productId}`)).status, 404);
    assertEquals((await ask("GET", `test/catalog/prices/${priceId}`)).status, 404);
  });

  it("passes on what Stripe says of a request", async () => {
    const missing = await ask("PATCH", "test/catalog/products/prod_none", { name: "X" });
    assertEquals([missing.status, missing.body.error], [404, "UPSTREAM_FAILURE"]);
    assertEquals(missing.body.message, "No such product: 'prod_none'");
    stripe.next = Response.json({ error: { message: "Too many requests" } }, { status: 429 });
    assertEquals((await ask("POST", "test/catalog/products", { name: "X" })).status, 429);
    stripe.next = new Response("<html>", { status: 503 });
    const down = await ask("POST", "test/catalog/products", { name: "X" });
    assertEquals([down.status, down.body.error], [502, "UPSTREAM_FAILURE"]);
    stripe.next = new Response(null, { status: 302, headers: { location: "/v1/products" } });
    assertEquals((await ask("POST", "test/catalog/products", { name: "X" })).status, 502);
    assertEquals((await ask("PATCH", "test/catalog/products/x", {})).status, 400);
  });

  it("follows Stripe when it syncs, and notes when it cannot", async () => {
    const [mug] = stripe.objects.products!;
    mug!.name = "Large mug";
    stripe.objects.prices!.splice(0, 230);
    stripe.objects.customers!.length = 0;
    const { body } = await ask("POST", "test/sync");
    assertEquals(body.results[0].connection.lastSyncCounts, { products: 1, prices: 1 });
    assertEquals(body.results[0].subscriptions, {
      environment: "test",
      synced: 0,
      unmapped: 0,
      deleted: 0,
    });
    const { body: mirrored } = await ask("GET", "test/catalog");
    assertEquals([mirrored.products[0].name, mirrored.prices.length], ["Large mug", 1]);
    const { body: { customers } } = await ask("GET", "test/customers");
    assertEquals([customers[0].name, customers[0].deleted], ["Ann", true]);
    stripe.next = Response.json({ error: { message: "Not today" } }, { status: 500 });
    const failed = (await ask("POST", "test/sync")).body.results[0].connection;
    assertEquals([failed.status, failed.lastSyncError], ["error", "Not today"]);
    assertEquals((await ask("POST", "test/sync")).body.results[0].connection.status, "connected");
  });

  it("forgets what it mirrored with another account's key, and not with the same one's", async () => {
    await setKey(SAME_ACCOUNT);
    assertEquals((await connection()).maskedKey, "rk_test_****6789");
    assertEquals((await ask("GET", "test/customers")).body.customers.length, 1);
    await setKey(OTHER_ACCOUNT);
    assertEquals((await connection()).accountId, "acct_3");
    assertEquals((await ask("GET", "test/customers")).body.customers.length, 0);
    assertEquals((await ask("DELETE", "test/config")).status, 200);
    const { status, maskedKey } = await connection();
    assertEquals([status, maskedKey], ["unconfigured", null]);
  });

  it("is written by the backend, whose triggers run as the project's owner, and by nobody else", async () => {
    for (
      const sql of [
        "DELETE FROM payments.customers",
        "UPDATE payments.webhook_events SET event_type = 'x'",
        "INSERT INTO payments.customer_mappings (provider, environment, subject_type, subject_id, " +
        "provider_customer_id) VALUES ('stripe', 'test', 'user', 'u', 'c')",
      ]
    ) {
      const { status, body } = await backend.request("POST", "/api/database/advance/rawsql", {
        query: sql,
      });
      assertEquals(status, 403, sql);
      assertStringIncludes(body.message, "permission denied for table");
    }
    await backend.sql(`
      CREATE TABLE seen (who text, customer text);
      CREATE FUNCTION note_customer() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        INSERT INTO seen VALUES (current_user, NEW.email);
        RETURN NEW;
      END $$;
      CREATE TRIGGER note AFTER INSERT ON payments.customers
        FOR EACH ROW EXECUTE FUNCTION note_customer()`);
    stripe.add("customers", { email: "bob@example.com" });
    await setKey(KEY);
    assertEquals(await backend.sql("SELECT * FROM seen"), [
      { who: "project_admin", customer: "bob@example.com" },
    ]);
  });

  it("has the key in no log", async () => {
    for await (const { name } of Deno.readDir(`${backend.dataDir}/logs`)) {
      const text = await Deno.readTextFile(`${backend.dataDir}/logs/${name}`);
      for (const key of [KEY, SAME_ACCOUNT, OTHER_ACCOUNT, "sk_test_that_nobody_knows"]) {
        assert(!text.includes(key), name);
      }
    }
  });
});
