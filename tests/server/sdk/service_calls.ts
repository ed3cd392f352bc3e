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

/** Payments are not part of the local backend: each call is told so (docs/differences.md). */
function paymentCalls(): Calls {
  const refused = (
    call: (payments: ReturnType<Bench["client"]>["payments"]) => Promise<
      { error: { error: string; message: string } | null }
    >,
  ) =>
  async (bench: Bench) => {
    const { error } = await call((await bench.user()).sdk.payments);
    assertEquals(error?.error, "PAYMENT_CONFIG_NOT_FOUND");
    assertMatch(error!.message, /local backend/);
  };
  // What they are asked does not matter: no provider is asked.
  // deno-lint-ignore no-explicit-any
  const anything = {} as any;
  return {
    "stripe.createCheckoutSession": refused(({ stripe }) =>
      stripe.createCheckoutSession("test", anything)
    ),
    "stripe.createCustomerPortalSession": refused(({ stripe }) =>
      stripe.createCustomerPortalSession("test", anything)
    ),
    "razorpay.createOrder": refused(({ razorpay }) => razorpay.createOrder("test", anything)),
    "razorpay.verifyOrder": refused(({ razorpay }) => razorpay.verifyOrder("test", anything)),
    "razorpay.createSubscription": refused(({ razorpay }) =>
      razorpay.createSubscription("test", anything)
    ),
    "razorpay.verifySubscription": refused(({ razorpay }) =>
      razorpay.verifySubscription("test", anything)
    ),
    "razorpay.cancelSubscription": refused(({ razorpay }) =>
      razorpay.cancelSubscription("test", "s")
    ),
    "razorpay.pauseSubscription": refused(({ razorpay }) =>
      razorpay.pauseSubscription("test", "s")
    ),
    "razorpay.resumeSubscription": refused(({ razorpay }) =>
      razorpay.resumeSubscription("test", "s")
    ),
  };
}
