import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { requireAnswer } from "../support/answers.ts";
import { startBackend, type TestBackend } from "../support/backend.ts";
import { runInProcess } from "../support/in_process.ts";
import { StripeStandIn } from "../support/stripe.ts";

const KEY = "sk_test_0123456789abcdef";

describe("payments stripe", () => {
  let backend: TestBackend;
  let stripe: StripeStandIn;

  const run = (line: string, stdin?: string) =>
    runInProcess(["payments", "stripe", ...line.split(" ")], {
      cwd: "/",
      env: { INSFORGE_BASE_URL: backend.url, INSFORGE_API_KEY: backend.apiKey },
      stdin,
    });
  const shown = async (line: string, stdin?: string) => {
    const { code, stdout, stderr } = await run(line, stdin);
    assertEquals(code, 0, `${line}: ${stderr}`);
    return stdout;
  };
  const json = async (line: string) => JSON.parse(await shown(`${line} --json`));

  beforeAll(async () => {
    stripe = new StripeStandIn([KEY]);
    backend = await startBackend({ stripeUrl: stripe.url });
  });
  afterAll(async () => {
    await backend.close();
    await stripe[Symbol.asyncDispose]();
  });

  it("says how to set a key, takes one from a pipe, and shows it masked alone", async () => {
    const none = await run("products create --environment test --name Mug");
    assertEquals(none.code, 1);
    assertMatch(none.stderr, /STRIPE_TEST_SECRET_KEY is not configured/);
    assertMatch(none.stderr, /insforge payments stripe config set --environment test/);
    assertEquals((await run("sync --environment test")).code, 1);
    assertEquals((await run("sync")).code, 0);
    const live = await run("config set sk_live_0123456789 --environment live");
    assertEquals(live.code, 1);
    assertMatch(live.stderr, /takes no live key/);
    assert(!live.stderr.includes("sk_live_0123456789"));
    const set = await shown("config set - --environment test", `${KEY}\n`);
    assertMatch(set, /The key for test is set/);
    assertMatch(await shown("status"), /^test +connected +sk_test_\*{4}cdef +shop1@example\.com/m);
    const again = await json(`config set --secret-key ${KEY} --environment test`);
    requireAnswer("payments stripe config set", again);
    assertEquals(again, { provider: "stripe", environment: "test", configured: true });
    assertEquals((await run(`config set ${KEY} --secret-key ${KEY} --environment test`)).code, 1);
  });

  it("makes, shows, changes and removes what is sold", async () => {
    const made = await json("products create --environment test --name Mug --active true");
    requireAnswer("payments stripe products create", made);
    const { productId } = made.product;
    const price = await json(
      `prices create --environment test --product ${productId} --currency usd --unit-amount 2000 ` +
        "--interval month --interval-count 3 --lookup-key mug --tax-behavior inclusive",
    );
    requireAnswer("payments stripe prices create", price);
    const { priceId } = price.price;
    assertEquals(stripe.objects.prices![0]!.recurring, { interval: "month", interval_count: 3 });
    assertMatch(await shown("prices list --environment test"), /20\.00 USD +3 months/);
    assertMatch(await shown(`prices list --environment test --product none`), /no prices/);
    assertMatch(await shown("catalog --environment test"), /Mug[^]*20\.00 USD/);
    assertMatch(await shown("products list --environment test"), /Mug/);
    assertMatch(await shown(`products get ${productId} --environment test`), /20\.00 USD/);
    assertMatch(await shown(`prices get ${priceId} --environment test`), /mug/);
    let answer = await json(`products get ${productId}`);
    requireAnswer("payments stripe products get", answer);
    answer = await json(`prices get ${priceId}`);
    requireAnswer("payments stripe prices get", answer);
    answer = await json(`products update ${productId} --description null --name Cup`);
    requireAnswer("payments stripe products update", answer);
    assertEquals(stripe.objects.products![0]!.name, "Cup");
    answer = await json(`prices update ${priceId} --lookup-key null`);
    requireAnswer("payments stripe prices update", answer);
    assertEquals(stripe.objects.prices![0]!.lookup_key, null);
    answer = await json(`prices archive ${priceId}`);
    requireAnswer("payments stripe prices archive", answer);
    assertEquals(stripe.objects.prices![0]!.active, false);
    assertEquals((await run(`prices get none --environment test`)).code, 4);
    answer = await json(`products delete ${productId} -y`);
    requireAnswer("payments stripe products delete", answer);
    assertEquals(stripe.objects.products, []);
    for (
      const wrong of [
        "products update p --environment test",
        'products create --environment test --name x --metadata {"a":1}',
        "prices create --environment test --product p --currency usd --unit-amount -1",
        "prices create --environment test --product p --currency usd --unit-amount 1 --interval-count 2",
        "subscriptions --environment test --subject-id x",
        "transactions --environment test --limit 101",
        "catalog --environment other",
      ]
    ) {
      const { code, stderr } = await run(wrong);
      assertEquals(code, 1, wrong);
      assert(!/at file:|undefined/.test(stderr), stderr);
    }
  });

  it("reads what Stripe has, and shows who pays for what", async () => {
    stripe.add("customers", { id: "cus_1", email: "ann@example.com", name: "Ann" });
    stripe.add("subscriptions", {
      id: "sub_1",
      customer: "cus_1",
      status: "active",
      items: { data: [], has_more: false },
      metadata: { insforge_subject_type: "team", insforge_subject_id: "red" },
    });
    assertMatch(await shown("sync --environment test"), /^test +succeeded +0 +1 +1$/m);
    requireAnswer("payments stripe sync", await json("sync --environment test"));
    await backend.sql(
      `INSERT INTO payments.transactions (provider, environment, type, status, amount, currency,
        provider_customer_id, amount_refunded, provider_object_type, provider_object_id)
      VALUES ('stripe', 'test', 'one_time_payment', 'partially_refunded', 1500, 'jpy', 'cus_1', 500,
        'payment_intent', 'pi_1')`,
      { unrestricted: true },
    );
    assertMatch(
      await shown("customers --environment test"),
      /cus_1 +ann@example\.com +Ann +1 +1000 JPY/,
    );
    assertMatch(
      await shown("subscriptions --environment test --subject-type team --subject-id red"),
      /sub_1 +cus_1 +team red +active/,
    );
    assertMatch(
      await shown("transactions --environment test"),
      /one time payment +partially refunded +1500 JPY +500 JPY/,
    );
    requireAnswer("payments stripe transactions", await json("transactions --environment test"));
    requireAnswer("payments stripe customers", await json("customers --environment test"));
    requireAnswer("payments stripe subscriptions", await json("subscriptions --environment test"));
  });

  it("says how events come in, and that they do", async () => {
    const { code, stderr } = await run("webhooks configure --environment test");
    assertEquals(code, 1);
    assertStringIncludes(stderr, `stripe listen --latest --forward-to ${backend.url}`);
    await backend.request("POST", "/api/secrets", {
      key: "STRIPE_TEST_WEBHOOK_SECRET",
      value: "whsec_1",
    });
    assertMatch(await shown("webhooks configure --environment test"), /come in at http/);
    let answer = await json("webhooks configure");
    requireAnswer("payments stripe webhooks configure", answer);
    answer = await json("config remove -y");
    requireAnswer("payments stripe config remove", answer);
    assertEquals((await run("config remove --environment test -y")).code, 4);
  });
});
