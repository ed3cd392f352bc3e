import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { type Bench, type Calls, dataOf } from "./calls.ts";

const hello = [{ role: "user" as const, content: "hello there" }];
const tool = {
  type: "function" as const,
  function: { name: "look", parameters: { type: "object", properties: {} } },
};

/** Answers with what it was asked. */
export const MIRROR = `export default async (request) => Response.json({
  method: request.method,
  body: await request.text(),
  header: request.headers.get("x-test"),
  user: request.headers.get("authorization"),
});`;

const METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"] as const;

export const serviceCalls: Calls = {
  ...Object.fromEntries(METHODS.map((method) => [
    `functions.invoke ${method}`,
    async (bench: Bench) => {
      const { sdk, accessToken } = await bench.user();
      const hasBody = method !== "GET" && method !== "DELETE";
      const heard = dataOf(
        await sdk.functions.invoke("mirror", {
          method,
          headers: { "X-Test": "seen" },
          body: hasBody ? { n: 1 } : undefined,
        }),
      );
      // A body that is absent is an empty object, as on InsForge.
      const body = hasBody ? '{"n":1}' : method === "GET" ? "" : "{}";
      assertEquals(heard, { method, body, header: "seen", user: `Bearer ${accessToken}` });
    },
  ])),
  "chat.create": async (bench) => {
    const answer = await bench.client().ai.chat.completions.create({
      model: "any",
      messages: hello,
    });
    assertEquals(answer.choices[0].message.content, "Echo (no model): hello there");
    assert(answer.usage);
  },
  "chat.create streamed": async (bench) => {
    const answers: Response[] = [];
    const sdk = bench.client({
      fetch: async (...request) => {
        const answer = await fetch(...request);
        answers.push(answer);
        return answer;
      },
    });
    const { completions } = sdk.ai.chat;
    const stream = await completions.create({ model: "any", messages: hello, stream: true });
    let text = "";
    for await (const { choices } of stream) text += choices[0].delta.content ?? "";
    assertEquals(text, "Echo (no model): hello there");
    // The SDK stops at the last event, and leaves the body open.
    await Promise.all(answers.map(({ body }) => body?.cancel()));
  },
  "chat.create with tools": async (bench) => {
    const { completions } = bench.client().ai.chat;
    const { choices } = await completions.create({ model: "any", messages: hello, tools: [tool] });
    assertEquals(choices[0].message.tool_calls[0].function.name, "look");
  },
  "embeddings.create": async (bench) => {
    const { embeddings } = bench.client().ai;
    const { data } = await embeddings.create({ model: "any", input: ["a", "b"], dimensions: 8 });
    assertEquals(data.map(({ embedding }: { embedding: number[] }) => embedding.length), [8, 8]);
  },
  "images.generate": async (bench) => {
    const { data } = await bench.client().ai.images.generate({ model: "any", prompt: "a circle" });
    assertEquals([...Uint8Array.fromBase64(data[0].b64_json)].slice(1, 4), [0x50, 0x4e, 0x47]);
  },
  "emails.send": async (bench) => {
    const { sdk } = await bench.user();
    const to = bench.email();
    const html = "<p>Your code is 424242</p>";
    dataOf(await sdk.emails.send({ to, subject: "Welcome", html }));
    const { body } = await bench.backend.request("GET", `/api/local/mail?to=${to}`);
    assertEquals(body.mails[0].subject, "Welcome");
    assertStringIncludes(JSON.stringify(body.mails[0].codes), "424242");
  },
  ...paymentCalls(),
};

function paymentCalls(): Calls {
  const subject = { type: "team", id: "red" };
  // What Razorpay is asked does not matter: it is not part of it (docs/differences.md).
  const refused = (
    call: (razorpay: ReturnType<Bench["client"]>["payments"]["razorpay"]) => Promise<
      { error: { error: string; message: string } | null }
    >,
  ) =>
  async (bench: Bench) => {
    const { error } = await call((await bench.user()).sdk.payments.razorpay);
    assertEquals(error?.error, "PAYMENT_CONFIG_NOT_FOUND");
    assertMatch(error!.message, /local backend/);
  };
  // deno-lint-ignore no-explicit-any
  const anything = {} as any;
  return {
    "stripe.createCheckoutSession": async (bench) => {
      const catalog = "/api/payments/stripe/test/catalog";
      const { body: { product } } = await bench.backend.request("POST", `${catalog}/products`, {
        name: "Mug",
      });
      const { body: { price } } = await bench.backend.request("POST", `${catalog}/prices`, {
        productId: product.productId,
        currency: "eur",
        unitAmount: 900,
      });
      const { stripe } = (await bench.user()).sdk.payments;
      const { checkoutSession } = dataOf(
        await stripe.createCheckoutSession("test", {
          mode: "payment",
          lineItems: [{ priceId: price.priceId, quantity: 1 }],
          successUrl: "https://shop.example/thanks",
          cancelUrl: "https://shop.example/cart",
          subject,
        }),
      );
      assertMatch(checkoutSession.url!, /^https:\/\/checkout\.stripe\.com\//);
    },
    "stripe.createCustomerPortalSession": async (bench) => {
      await bench.backend.sql(
        `INSERT INTO payments.customer_mappings
          (provider, environment, subject_type, subject_id, provider_customer_id)
        VALUES ('stripe', 'test', 'team', 'red', 'cus_1')`,
        { unrestricted: true },
      );
      const { stripe } = (await bench.user()).sdk.payments;
      const { customerPortalSession } = dataOf(
        await stripe.createCustomerPortalSession("test", { subject }),
      );
      assertEquals(customerPortalSession.customerId, "cus_1");
      assertMatch(customerPortalSession.url!, /^https:\/\/billing\.stripe\.com\//);
    },
    "razorpay.createOrder": refused((razorpay) => razorpay.createOrder("test", anything)),
    "razorpay.verifyOrder": refused((razorpay) => razorpay.verifyOrder("test", anything)),
    "razorpay.createSubscription": refused((razorpay) =>
      razorpay.createSubscription("test", anything)
    ),
    "razorpay.verifySubscription": refused((razorpay) =>
      razorpay.verifySubscription("test", anything)
    ),
    "razorpay.cancelSubscription": refused((razorpay) => razorpay.cancelSubscription("test", "s")),
    "razorpay.pauseSubscription": refused((razorpay) => razorpay.pauseSubscription("test", "s")),
    "razorpay.resumeSubscription": refused((razorpay) => razorpay.resumeSubscription("test", "s")),
  };
}
