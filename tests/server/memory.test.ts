import {
  memoryIndexResponseSchema,
  recallResponseSchema,
  rememberResponseSchema,
} from "@insforge/shared-schemas";
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { startBackend, type TestBackend } from "../support/backend.ts";
import { type StubServer, stubServer } from "../support/stub_server.ts";

const TAGS = {
  kind: "decision",
  title: "Tags as text[] not join table",
  content: "Snippet tags are a text[] column with a GIN index, since they share no vocabulary.",
};
const RETRIES = { title: "Webhook retries", content: "Webhook retries are capped at 3." };

let backend: TestBackend;

// deno-lint-ignore no-explicit-any
async function ask(name: string, body: object): Promise<any> {
  const answer = await backend.request("POST", `/api/memory/${name}`, body);
  assertEquals(answer.status, 200, JSON.stringify(answer.body));
  return answer.body;
}

async function actions(memory: object): Promise<string[]> {
  const body = await ask("remember", memory);
  rememberResponseSchema.parse(body);
  return body.results.map(({ action }: { action: string }) => action);
}

async function recalled(query: string, more: object = {}): Promise<string[]> {
  const body = await ask("recall", { query, ...more });
  recallResponseSchema.parse(body);
  return body.memories.map(({ title }: { title: string }) => title);
}

describe("memory without a model", () => {
  beforeAll(async () => void (backend = await startBackend()));
  afterAll(() => backend.close());

  it("keeps what is new, replaces what has its title, and knows what it was told", async () => {
    assertEquals(await actions(TAGS), ["ADD"]);
    assertEquals(await actions(RETRIES), ["ADD"]);
    assertEquals(await actions(TAGS), ["NOOP"]);
    const corrected = { ...RETRIES, title: "webhook RETRIES", content: "Retries end after 5." };
    assertEquals(await actions(corrected), ["UPDATE"]);
    assertEquals(await actions({ ...corrected, kind: "reference" }), ["UPDATE"]);
    const { entries } = memoryIndexResponseSchema.parse(await ask("index", {}));
    assertEquals(entries.map(({ title, kind }) => [kind, title]), [
      ["reference", "webhook RETRIES"],
      ["decision", TAGS.title],
    ]);
  });

  it("finds them by their words, says so, and finds nothing where nothing is like it", async () => {
    assertEquals(await recalled("how are snippet tags filtered"), [TAGS.title]);
    assertEquals(await recalled("where is the deploy pipeline"), []);
    assertEquals(await recalled("the of and"), []);
    assertEquals(await recalled("snippet tags filtered", { threshold: 0.9 }), []);
    const { comparedBy, reason } = await ask("recall", { query: "tags" });
    assertEquals(comparedBy, "words");
    assertStringIncludes(reason, "--ai-url");
  });

  it("keeps scopes apart", async () => {
    assertEquals(await actions({ ...TAGS, scope: "other" }), ["ADD"]);
    assertEquals((await ask("index", { scope: "other" })).entries.length, 1);
    assertEquals(await recalled("retries", { scope: "other" }), []);
  });

  it("refuses what is no memory, and a transcript that no model reads", async () => {
    for (const body of [{}, { title: "a" }, { ...TAGS, kind: "gotcha" }]) {
      assertEquals((await backend.request("POST", "/api/memory/remember", body)).status, 400);
    }
    const transcript = { transcript: "We found out that retries are capped at 3." };
    assertEquals((await backend.request("POST", "/api/memory/remember", transcript)).status, 503);
  });
});

describe("memory with an echo for vectors", () => {
  beforeAll(async () => void (backend = await startBackend({ ai: { echo: true } })));
  afterAll(() => backend.close());

  it("compares vectors, and takes exact words as well", async () => {
    assertEquals(await actions(TAGS), ["ADD"]);
    assertEquals(await actions(RETRIES), ["ADD"]);
    assertEquals((await ask("recall", { query: "x" })).comparedBy, "vectors");
    assertEquals(await recalled("webhook retries are capped"), [RETRIES.title]);
    assertEquals(await recalled("GIN"), [TAGS.title], "one word is far in vectors");
    assertEquals(await recalled("pipeline"), []);
    assertEquals(await actions(RETRIES), ["NOOP"], "an echo decides nothing");
    const transcript = { transcript: 'We said {"memories": [{"title": "a", "content": "b"}]}' };
    assertEquals((await backend.request("POST", "/api/memory/remember", transcript)).status, 503);
  });
});

describe("memory with models", () => {
  let models: StubServer;
  /** What the model for chat says. */
  let say: (question: string) => unknown;
  const asked: string[] = [];
  beforeAll(async () => {
    models = stubServer(({ target, body }) => {
      const { model, input, messages } = JSON.parse(body);
      asked.push(model);
      if (target === "/v1/embeddings") {
        if (model === "none") return Response.json({ error: "no such model" }, { status: 404 });
        const embedding = [/tags/i, /retries/i].map((word) => word.test(input) ? 1 : 0.1);
        return Response.json({ data: [{ index: 0, embedding }] });
      }
      const content = `Sure:\n\`\`\`json\n${JSON.stringify(say(messages[1].content))}\n\`\`\``;
      return Response.json({ choices: [{ message: { content } }] });
    });
    backend = await startBackend({ ai: { url: `${models.url}/v1` } });
    for (const [key, value] of [["AI_EMBEDDING_MODEL", "vectors"], ["AI_CHAT_MODEL", "chat"]]) {
      await backend.request("POST", "/api/secrets", { key, value });
    }
  });
  afterAll(async () => {
    await backend.close();
    await models[Symbol.asyncDispose]();
  });

  it("has the model decide what is the same, and follows it where it can", async () => {
    assertEquals(await actions(TAGS), ["ADD"]);
    assert(!asked.includes("chat"), "there was nothing like it");
    say = (question) => {
      const { known: [{ id }] } = JSON.parse(question);
      return { action: "UPDATE", target_id: id, title: "Tags", content: "Tags are text[] again." };
    };
    assertEquals(await actions({ title: "Tags changed", content: "Tags are back." }), ["UPDATE"]);
    assertEquals(await recalled("tags"), ["Tags"]);
    say = () => ({ action: "NOOP" });
    assertEquals(await actions({ title: "More of tags", content: "Tags are text[]." }), ["NOOP"]);
    say = () => ({ action: "UPDATE", target_id: crypto.randomUUID(), title: "x", content: "y" });
    assertEquals(await actions({ title: "Colors of tags", content: "Tags are red." }), ["ADD"]);
    assertEquals([...new Set(asked)], ["vectors", "chat"]);
  });

  it("takes from a transcript what the model finds, and nothing malformed", async () => {
    say = (question) =>
      question.startsWith("{") ? { action: "ADD" } : {
        memories: [{ kind: "odd", ...RETRIES }, { title: "" }, null, { title: "a", content: 1 }],
      };
    assertEquals(await actions({ transcript: "Much was said." }), ["ADD"]);
    assertEquals(await recalled("retries"), [RETRIES.title]);
    const { entries } = await ask("index", {});
    assertEquals(entries[0].kind, "fact");
  });

  it("loses nothing where the model for vectors is not there, and tells", async () => {
    await backend.request("PUT", "/api/secrets/AI_EMBEDDING_MODEL", { value: "none" });
    const { results: [kept], comparedBy, reason } = await ask("remember", {
      title: "Cache",
      content: "The cache lives in /var/cache/app.",
    });
    assertEquals([kept.action, comparedBy], ["ADD", "words"]);
    assertStringIncludes(reason, "no such model");
    assertEquals(await recalled("where is the cache"), ["Cache"]);
  });
});
