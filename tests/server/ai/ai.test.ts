import { createClient } from "@insforge/sdk";
import {
  aiModelSchema,
  chatCompletionResponseSchema,
  embeddingsResponseSchema,
  imageGenerationResponseSchema,
} from "@insforge/shared-schemas";
import { assert, assertEquals, assertMatch } from "@std/assert";
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { startBackend, type TestBackend } from "../../support/backend.ts";
import { type StubServer, stubServer } from "../../support/stub_server.ts";

const tool = {
  type: "function" as const,
  function: {
    name: "get_weather",
    parameters: {
      type: "object",
      properties: { city: { type: "string" }, days: { type: "integer" } },
    },
  },
};
const hello = [{ role: "user" as const, content: "hello there" }];

function sdkOf(backend: TestBackend) {
  return createClient({ baseUrl: backend.url, anonKey: backend.anonKey, isServerMode: true }).ai;
}

/** The events of a streamed answer, as they come. */
// deno-lint-ignore no-explicit-any
async function* eventsOf(backend: TestBackend, request: object): AsyncGenerator<any> {
  const response = await fetch(`${backend.url}/api/ai/chat/completion`, {
    method: "POST",
    headers: { authorization: `Bearer ${backend.anonKey}`, "content-type": "application/json" },
    body: JSON.stringify({ ...request, stream: true }),
  });
  let text = "";
  for await (const part of response.body!.pipeThrough(new TextDecoderStream())) {
    const events = (text + part).split("\n\n");
    text = events.pop()!;
    for (const event of events) yield JSON.parse(event.slice("data: ".length));
  }
}

describe("AI with an echo", () => {
  let backend: TestBackend;
  beforeAll(async () => void (backend = await startBackend({ ai: { echo: true } })));
  afterAll(() => backend.close());

  it("names itself in every answer", async () => {
    const ask = { model: "openai/gpt-4o", messages: hello };
    const { body } = await backend.request("POST", "/api/ai/chat/completion", ask);
    chatCompletionResponseSchema.parse(body);
    assertEquals(body.text, "Echo (no model): hello there");
    const events = await Array.fromAsync(eventsOf(backend, ask));
    assertEquals(events.map(({ chunk }) => chunk ?? "").join(""), "Echo (no model): hello there");
    assert(events.length > 4);
    assertEquals(events.at(-1), { done: true });
    const image = { model: "x", prompt: "a circle" };
    const { body: pictures } = await backend.request("POST", "/api/ai/image/generation", image);
    imageGenerationResponseSchema.parse(pictures);
    assertMatch(pictures.text, /^Echo \(no model\): a circle/);
    const { body: [model] } = await backend.request("GET", "/api/ai/models");
    aiModelSchema.parse(model);
    assertEquals(model.id, "echo");
  });

  it("calls the tool that it is offered, and answers once that has", async () => {
    const { completions } = sdkOf(backend).chat;
    const ask = { model: "x", messages: hello, tools: [tool] };
    const { choices: [choice] } = await completions.create(ask);
    assertEquals(choice.finish_reason, "tool_calls");
    const [call] = choice.message.tool_calls;
    assertEquals(JSON.parse(call.function.arguments), { city: "echo", days: 0 });
    const events = await Array.fromAsync(eventsOf(backend, ask));
    assertEquals(events.find(({ tool_calls }) => tool_calls).tool_calls, [call]);
    const messages = [
      ...hello,
      { role: "assistant" as const, tool_calls: [call] },
      { role: "tool" as const, content: "sunny", tool_call_id: call.id },
    ];
    const after = await completions.create({ ...ask, messages });
    assertEquals(after.choices[0].message.content, "Echo (no model): sunny");
    const none = await completions.create({ ...ask, toolChoice: "none" });
    assertEquals(none.choices[0].finish_reason, "stop");
  });

  it("gives texts with the same words the nearest vectors", async () => {
    const input = ["the red house", "a red house", "blue sky over the sea"];
    const path = "/api/ai/embeddings";
    const { body } = await backend.request("POST", path, { model: "x", input, dimensions: 256 });
    embeddingsResponseSchema.parse(body);
    assertEquals(body.metadata.model, "echo");
    const [a, b, c] = body.data.map(({ embedding }: { embedding: number[] }) => embedding);
    const near = (x: number[], y: number[]) =>
      x.reduce((sum, one, index) => sum + one * y[index]!, 0);
    assert(near(a, b) > near(a, c));
    assertEquals(a.length, 256);
    const coded = { model: "x", input: "one", encoding_format: "base64" };
    const { body: { data: [{ embedding }] } } = await backend.request("POST", path, coded);
    assertEquals(Uint8Array.fromBase64(embedding).length, 4 * 1536);
  });
});

describe("AI at an address", () => {
  let backend: TestBackend;
  let models: StubServer;
  let answer: (body: Record<string, unknown>) => Response;
  beforeAll(async () => {
    models = stubServer(({ body }) => answer(body ? JSON.parse(body) : {}));
    backend = await startBackend({ ai: { url: `${models.url}/v1/` } });
    await backend.request("POST", "/api/secrets", { key: "AI_API_KEY", value: "sk-own-key" });
  });
  afterAll(async () => {
    await backend.close();
    await models[Symbol.asyncDispose]();
  });

  it("asks in OpenAI's words, with the key", async () => {
    let asked: Record<string, unknown> = {};
    answer = (body) => {
      asked = body;
      const annotations = [{
        type: "url_citation",
        url_citation: { url: "https://a", start_index: 1 },
      }];
      const usage = { prompt_tokens: 1, completion_tokens: 2, total_tokens: 3 };
      return Response.json({ choices: [{ message: { content: "hi", annotations } }], usage });
    };
    const { body } = await backend.request("POST", "/api/ai/chat/completion", {
      model: "m",
      thinking: true,
      messages: [{ role: "user", content: "look", images: [{ url: "data:x" }] }],
      maxTokens: 5,
      webSearch: { enabled: true, maxResults: 3 },
    });
    chatCompletionResponseSchema.parse(body);
    assertEquals(body.metadata.usage.totalTokens, 3);
    assertEquals(body.annotations[0].urlCitation.startIndex, 1);
    assertEquals([asked.model, asked.max_tokens, asked.temperature], ["m:thinking", 5, 0.7]);
    assertEquals(asked.plugins, [{ id: "web", max_results: 3 }]);
    assertEquals((asked.messages as { content: unknown[] }[])[0]!.content.length, 2);
    const { headers, target } = models.requests.at(-1)!;
    assertEquals([target, headers.get("authorization")], [
      "/v1/chat/completions",
      "Bearer sk-own-key",
    ]);
  });

  it("passes a stream on as it comes", async () => {
    const more = Promise.withResolvers<void>();
    answer = () => {
      async function* lines() {
        yield `data: ${JSON.stringify({ choices: [{ delta: { content: "one " } }] })}\n\n`;
        await more.promise;
        yield `data: ${JSON.stringify({ choices: [{ delta: { content: "two" } }] })}\n\ndata: [DO`;
        yield `NE]\n\n`;
      }
      const encoder = new TextEncoder();
      return new Response(
        ReadableStream.from((async function* () {
          for await (const line of lines()) yield encoder.encode(line);
        })()),
      );
    };
    const heard: unknown[] = [];
    for await (const event of eventsOf(backend, { model: "m", messages: hello })) {
      heard.push(event);
      more.resolve();
    }
    assertEquals(heard, [{ chunk: "one " }, { chunk: "two" }, { done: true }]);
  });

  it("says what the models' server says, and nothing of the key", async () => {
    answer = () => Response.json({ error: { message: "no such model" } }, { status: 404 });
    const ask = { model: "m", messages: hello };
    const { status, body } = await backend.request("POST", "/api/ai/chat/completion", ask);
    assertEquals([status, body.error], [502, "AI_UPSTREAM_UNAVAILABLE"]);
    assertMatch(body.message, /404: no such model/);
    const streamed = { ...ask, stream: true };
    const { body: text } = await backend.request("POST", "/api/ai/chat/completion", streamed);
    assertMatch(text, /^data: \{"error":true,"message":".*no such model"\}\n\n$/);
    assert(!JSON.stringify([body, text]).includes("sk-own"));
  });
});

describe("AI that is not set up", () => {
  it("says how to set it up, takes a key, and answers users alone", async () => {
    const backend = await startBackend();
    try {
      const ask = { model: "m", messages: hello };
      const { status, body } = await backend.request("POST", "/api/ai/chat/completion", ask);
      assertEquals([status, body.error], [503, "AI_UPSTREAM_UNAVAILABLE"]);
      assertMatch(body.nextActions, /secrets add OPENROUTER_API_KEY.*--ai-url.*--ai-echo/);
      const path = "/api/ai/config";
      assertEquals((await backend.request("GET", path)).body.apiKey.configured, false);
      const { body: config } = await backend.request("PUT", path, {
        apiKey: "sk-or-0123456789abcdef",
      });
      assertEquals(config.apiKey, { configured: true, maskedKey: "sk-or-01••••••••cdef" });
      const anonymous = { key: null };
      for (const name of ["chat/completion", "embeddings", "image/generation"]) {
        const answer = await backend.request("POST", `/api/ai/${name}`, ask, anonymous);
        assertEquals(answer.status, 401);
      }
      const anon = { key: backend.anonKey };
      assertEquals((await backend.request("GET", path, undefined, anon)).status, 401);
    } finally {
      await backend.close();
    }
  });
});
