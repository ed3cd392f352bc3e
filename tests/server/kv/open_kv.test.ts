/** `Deno.openKv` as functions call it, over the database and beside it. */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { MessageWriter } from "../../../src/server/kv/protobuf.ts";
import { startBackend, type TestBackend } from "../../support/backend.ts";
import { eventually } from "../../support/eventually.ts";

let backend: TestBackend;

/** Deploys a function that answers with what `body` returns of a request's `query`. */
async function deploy(slug: string, body: string): Promise<void> {
  const code = `const kv = await Deno.openKv();
    export default async (request) => {
      const query = new URL(request.url).searchParams;
      ${body}
    };`;
  const answer = await backend.request("POST", "/api/functions", { slug, name: slug, code });
  assertEquals(answer.status, 201, answer.body.message);
}

async function call(slug: string, query = ""): Promise<unknown> {
  const answer = await backend.request("GET", `/functions/${slug}${query}`);
  assertEquals(answer.status, 200, JSON.stringify(answer.body));
  return answer.body;
}

/** What a function answers that is called once. */
async function answerOf(body: string): Promise<unknown> {
  const slug = `once-${crypto.randomUUID()}`;
  await deploy(slug, body);
  return await call(slug);
}

describe("Deno.openKv", () => {
  beforeAll(async () => {
    backend = await startBackend();
  });
  afterAll(() => backend.close());

  it("keeps values of every kind, for all functions and across their processes", async () => {
    await deploy(
      "write",
      `await kv.set(["kinds", 1n, true, new Uint8Array([0, 255])], {
        date: new Date(5), map: new Map([["a", 1n]]), text: "ü", bytes: new Uint8Array([0, 1]),
      });
      return Response.json((await kv.set(["kinds", "u64"], new Deno.KvU64(7n))).ok);`,
    );
    assertEquals(await call("write"), true);
    assertEquals(
      await answerOf(`const { value } = await kv.get(
          ["kinds", 1n, true, new Uint8Array([0, 255])]);
        const [u64, none] = await kv.getMany([["kinds", "u64"], ["nothing"]]);
        return Response.json([value.date.getTime(), String(value.map.get("a")), value.text,
          [...value.bytes], String(u64.value), none.value, none.versionstamp]);`),
      [5, "1", "ü", [0, 1], "7", null, null],
    );
  });

  it("lists by prefix, start and end, backwards, and page by page", async () => {
    assertEquals(
      await answerOf(
        `for (const number of [1, 2, 3, 10, -1]) await kv.set(["list", number], number);
        await kv.set(["listed"], 0);
        const list = async (selector, options) => {
          const values = [];
          for await (const { value } of kv.list(selector, options)) values.push(value);
          return values;
        };
        const first = kv.list({ prefix: ["list"] }, { limit: 2 });
        for await (const _ of first);
        return Response.json([
          await list({ prefix: ["list"] }, { batchSize: 2 }),
          await list({ prefix: ["list"] }, { reverse: true, limit: 2 }),
          await list({ prefix: ["list"], start: ["list", 2] }),
          await list({ start: ["list", 1], end: ["list", 3] }),
          await list({ prefix: ["list"] }, { cursor: first.cursor }),
        ]);`,
      ),
      [[-1, 1, 2, 3, 10], [10, 3], [2, 3, 10], [1, 2], [2, 3, 10]],
    );
  });

  it("does all of an atomic operation or nothing, and orders versionstamps", async () => {
    assertEquals(
      await answerOf(`const first = await kv.set(["atomic", "a"], 1);
        const second = await kv.set(["atomic", "a"], 2);
        const stale = await kv.atomic().check({ key: ["atomic", "a"], versionstamp: first.versionstamp })
          .set(["atomic", "b"], 1).commit();
        const done = await kv.atomic().check({ key: ["atomic", "a"], versionstamp: second.versionstamp })
          .check({ key: ["atomic", "b"], versionstamp: null })
          .set(["atomic", "b"], 3).delete(["atomic", "a"]).commit();
        const [a, b] = await kv.getMany([["atomic", "a"], ["atomic", "b"]]);
        return Response.json([first.versionstamp < second.versionstamp, stale.ok, done.ok, a.value,
          b.value, b.versionstamp === done.versionstamp]);`),
      [true, false, true, null, 3, true],
    );
  });

  it("sums, bounds and names keys by the change that wrote them", async () => {
    assertEquals(
      await answerOf(`const key = ["computed"];
        await kv.atomic().sum(key, 5n).commit();
        await kv.atomic().sum(key, 3n).max(key, 7n).min(key, 100n).commit();
        const { value } = await kv.get(key);
        await kv.atomic().sum(key, 2n ** 64n - 1n).commit();
        const wrapped = (await kv.get(key)).value;
        await kv.set(["text"], "x");
        const refused = await kv.atomic().sum(["text"], 1n).set(["text", 2], 1).commit()
          .then(() => "done", ({ message }) => message);
        const { versionstamp } = await kv.set(["log", kv.commitVersionstamp()], "entry");
        const [entry] = await Array.fromAsync(kv.list({ prefix: ["log"] }));
        return Response.json([String(value), String(wrapped), refused,
          (await kv.get(["text", 2])).value, entry.key[1] === versionstamp, entry.value]);`)
        .then((answer) => {
          const [value, wrapped, refused, ...rest] = answer as unknown[];
          assertStringIncludes(String(refused), "Only Deno.KvU64 has a sum");
          return [value, wrapped, ...rest];
        }),
      ["8", "7", null, true, "entry"],
    );
  });

  it("ends what expires", async () => {
    await deploy(
      "expire",
      `await kv.set(["expire"], 1, { expireIn: 300 });
      await kv.set(["expire", "later"], 1, { expireIn: 3_600_000 });
      return new Response();`,
    );
    await deploy(
      "expired",
      `const found = await kv.getMany([["expire"], ["expire", "later"]]);
      return Response.json(found.map(({ value }) => value));`,
    );
    await call("expire");
    await eventually(async () => JSON.stringify(await call("expired")) === "[null,1]");
    // A value that has expired is no value for a check.
    assertEquals(
      await answerOf(`return Response.json((await kv.atomic()
        .check({ key: ["expire"], versionstamp: null }).set(["expire"], 2).commit()).ok);`),
      true,
    );
  });

  it("tells watchers of changes that other functions make", async () => {
    await deploy(
      "watch",
      `const watcher = kv.watch([["watched"], ["other"]]).getReader();
      const values = async () => (await watcher.read()).value.map(({ value }) => value);
      return new Response(new ReadableStream({
        async pull(stream) {
          const now = await values();
          stream.enqueue(new TextEncoder().encode(JSON.stringify(now) + "\\n"));
          if (now[0] === "end") { await watcher.cancel(); stream.close(); }
        },
      }, { highWaterMark: 0 }));`,
    );
    await deploy(
      "change",
      `await kv.set(["unwatched"], 1);
      await kv.set(["watched"], query.get("to"));
      return new Response();`,
    );
    const { body } = await fetch(`${backend.url}/functions/watch`);
    const lines = body!.pipeThrough(new TextDecoderStream()).getReader();
    assertEquals((await lines.read()).value, "[null,null]\n");
    const next = lines.read();
    await call("change", "?to=first");
    assertEquals((await next).value, '["first",null]\n');
    await call("change", "?to=end");
    assertEquals((await lines.read()).value, '["end",null]\n');
    assertEquals((await lines.read()).done, true);
  });

  it("loses no increment of processes that try again until it is done", async () => {
    const increment = `const key = ["counter"];
      for (let times = 0; times < 25;) {
        const { value, versionstamp } = await kv.get(key);
        const { ok } = await kv.atomic().check({ key, versionstamp }).set(key, (value ?? 0) + 1)
          .commit();
        if (ok) times++;
      }
      return Response.json((await kv.get(key)).value);`;
    const slugs = ["one", "two", "three", "four"];
    for (const slug of slugs) await deploy(`increment-${slug}`, increment);
    const counts = await Promise.all(slugs.map((slug) => call(`increment-${slug}`)));
    assertEquals(Math.max(...counts as number[]), 100);
  });

  it("says what it has not, and opens no file", async () => {
    assertEquals(
      await answerOf(`const said = async (work) => {
          try { await work(); return "done"; } catch (error) { return error.message; }
        };
        const memory = await Deno.openKv(":memory:");
        await memory.set(["a"], 1);
        return Response.json([
          /no queues/.test(await said(() => kv.listenQueue(() => {}))),
          /no queues/.test(await said(() => kv.enqueue("x"))),
          /[Ee]nqueue/.test(await said(() => kv.atomic().enqueue("x").commit())),
          /no access to files/.test(await said(() => Deno.openKv("./data.db"))),
          /DENO_KV_ACCESS_TOKEN/.test(await said(() => Deno.openKv("http://127.0.0.1:9"))),
          (await memory.get(["a"])).value,
          Deno.env.get("DENO_KV_ACCESS_TOKEN") ?? null,
        ]);`),
      [true, true, true, true, true, 1, null],
    );
  });

  it("refuses a write that cannot be, and none beside it", async () => {
    const write = async (key: number, encoding: number, expiresAt: number, value = [1]) => {
      const content = new MessageWriter().bytes(1, new Uint8Array(value)).number(2, encoding);
      const mutation = new MessageWriter().bytes(1, new Uint8Array([9, key]))
        .bytes(2, content.finish()).number(3, 1).number(4, expiresAt);
      const { status, body } = await fetch(`${backend.url}/api/local/kv/atomic_write`, {
        method: "POST",
        headers: { authorization: `Bearer ${backend.apiKey}` },
        body: new MessageWriter().bytes(2, mutation.finish()).finish(),
      });
      await body?.cancel();
      return status;
    };
    const statuses = await Promise.all([
      write(1, 3, 0),
      write(2, 3, 2 ** 60),
      write(3, 2 ** 40, 0),
      write(4, 2, 0, [1, 2, 3]),
      write(5, 3, 0),
    ]);
    assertEquals(statuses, [200, 400, 400, 400, 200]);
  });

  it("is there for its owner, and for nobody's SQL", async () => {
    await answerOf(`await kv.set(["seen"], 1); return new Response("{}");`);
    Deno.env.set("DENO_KV_ACCESS_TOKEN", backend.apiKey);
    try {
      using kv = await Deno.openKv(`${backend.url}/api/local/kv`);
      assertEquals((await kv.get(["seen"])).value, 1);
    } finally {
      Deno.env.delete("DENO_KV_ACCESS_TOKEN");
    }
    for (const table of ["kv", "kv_version"]) {
      const answer = await backend.request("POST", "/api/database/advance/rawsql", {
        query: `SELECT * FROM functions.${table}`,
      });
      assertMatch(answer.body.message, /permission denied/);
    }
    const nonsense = await fetch(`${backend.url}/api/local/kv/atomic_write`, {
      method: "POST",
      headers: { authorization: `Bearer ${backend.apiKey}` },
      body: new Uint8Array([10, 200]),
    });
    assertEquals(nonsense.status, 400);
    assert((await nonsense.text()).includes("breaks off"));
  });
});
