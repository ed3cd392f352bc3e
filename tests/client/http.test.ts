import {
  assert,
  assertEquals,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { backendError } from "../../src/client/backend.ts";
import { path } from "../../src/client/address.ts";
import { HttpClient, type HttpSettings } from "../../src/client/http.ts";
import { systemClock } from "../../src/core/clock.ts";
import {
  HttpError,
  InterruptedError,
  NetworkError,
  OperationError,
  UsageError,
} from "../../src/core/errors.ts";
import { type StubServer, stubServer } from "../support/stub_server.ts";

/** A client whose pauses pass at once and are remembered. */
function clientOf(url: string, settings: Partial<HttpSettings> = {}) {
  const pauses: number[] = [];
  const client = new HttpClient({
    baseUrl: url,
    bearer: () => Promise.resolve("key"),
    toError: backendError,
    clock: {
      ...systemClock,
      sleep: (milliseconds) => {
        pauses.push(milliseconds);
        return Promise.resolve();
      },
    },
    signal: new AbortController().signal,
    userAgent: "test",
    ...settings,
  });
  return { client, pauses };
}

/** Answers the given statuses in turn, and then with success. */
function answers(...statuses: (number | Response)[]) {
  return () => {
    const next = statuses.shift();
    if (next === undefined) return Response.json({ ok: true });
    return typeof next === "number" ? new Response(null, { status: next }) : next;
  };
}

describe("requests", () => {
  it("asks for no name that leads elsewhere, nor for one that cannot be sent", () => {
    for (const name of [".", "..", "", "\ud800"]) assertThrows(() => path("a", name), UsageError);
    assertEquals(path("a/../b", "...", "é"), "/a%2F..%2Fb/.../%C3%A9");
  });

  it("follows no redirect to what is not on the web, and no address that is none", async () => {
    for (const location of ["file:///etc/passwd", "data:,x", "http://[", "http://a b/"]) {
      const headers = { location };
      await using server = stubServer(answers(new Response(null, { status: 302, headers })));
      const { client } = clientOf(server.url);
      const error = await assertRejects(() => client.json("GET", "/x"), OperationError);
      assertStringIncludes(error.message, "what is no http(s) address");
    }
    const { client } = clientOf("http://127.0.0.1:1");
    await assertRejects(() => client.json("GET", "http://["), OperationError);
    await assertRejects(() => client.json("GET", `/${"x".repeat(100_000)}`), UsageError);
  });

  it("repeats a read that failed for a moment, with growing pauses", async () => {
    await using server = stubServer(answers(503, 502));
    const { client, pauses } = clientOf(server.url);
    assertEquals(await client.json("GET", "/"), { ok: true });
    assertEquals(server.requests.length, 3);
    assert(pauses.length === 2 && pauses.every((pause) => pause >= 100 && pause <= 1000));
  });

  it("honours Retry-After, in seconds and as a date", async () => {
    const at = new Date(Date.now() + 5_000).toUTCString();
    await using server = stubServer(answers(
      new Response(null, { status: 429, headers: { "retry-after": "2" } }),
      new Response(null, { status: 503, headers: { "retry-after": at } }),
    ));
    const { client, pauses } = clientOf(server.url);
    await client.json("GET", "/");
    assertEquals(pauses[0], 2_000);
    assert(pauses[1]! > 3_000 && pauses[1]! <= 5_000);
  });

  it("waits where a server has refused a change and says for how long", async () => {
    const refusal = new Response(null, { status: 429, headers: { "retry-after": "30" } });
    await using server = stubServer(answers(refusal));
    const { client, pauses } = clientOf(server.url);
    assertEquals(await client.json("POST", "/", { json: { a: 1 } }), { ok: true });
    assertEquals(pauses, [30_000]);
    assertEquals(server.requests.map(({ body }) => body), ['{"a":1}', '{"a":1}']);
  });

  it("gives up after three repetitions", async () => {
    await using server = stubServer(() => new Response(null, { status: 503 }));
    const { client } = clientOf(server.url);
    await assertRejects(() => client.json("GET", "/"), HttpError);
    assertEquals(server.requests.length, 4);
  });

  it("does not wait for minutes", async () => {
    await using server = stubServer(answers(
      new Response(null, { status: 429, headers: { "retry-after": "600" } }),
    ));
    const { client } = clientOf(server.url);
    const error = await assertRejects(() => client.json("GET", "/"), HttpError);
    assertEquals(error.hint, "Too many requests: try again in 10 minutes.");
    assertEquals(error.facts.retryAfter, 600);
    assertEquals(server.requests.length, 1);
  });

  it("never repeats a request that changes something", async () => {
    for (const method of ["POST", "PUT", "PATCH", "DELETE"]) {
      for (const status of [503, 429]) {
        await using server = stubServer(answers(status));
        const { client } = clientOf(server.url);
        await assertRejects(() => client.json(method, "/"), HttpError);
        assertEquals(server.requests.length, 1, `${method}, ${status}`);
      }
    }
  });

  it("R39: every wait has a limit, and is not waited for again", async () => {
    for (const method of ["POST", "GET"]) {
      const never = Promise.withResolvers<Response>();
      await using server = stubServer(() => never.promise);
      const { client, pauses } = clientOf(server.url);
      const error = await assertRejects(
        () => client.json(method, "/", { timeoutMs: 100 }),
        NetworkError,
      );
      never.resolve(new Response());
      assertStringIncludes(error.message, "did not answer within 0.1 s");
      assertEquals(pauses, []);
    }
  });

  it("R39: a body that stalls has a limit too", async () => {
    const stall = () =>
      new Response(
        new ReadableStream({
          start(controller) {
            controller.enqueue(new TextEncoder().encode("[1,"));
          },
        }),
      );
    await using server = stubServer(stall);
    const { client } = clientOf(server.url);
    await assertRejects(() => client.json("POST", "/", { timeoutMs: 200 }), NetworkError);
    const response = await client.stream("POST", "/", { timeoutMs: 200 });
    await assertRejects(() => response.text(), NetworkError);
  });

  it("R21: renews a refused token once, and only for 401", async () => {
    let renewed = 0;
    let token = "old";
    await using server = stubServer(({ headers }) =>
      headers.get("authorization") === "Bearer new"
        ? Response.json({ ok: true })
        : new Response(null, { status: 401 })
    );
    const renew = () => {
      renewed++;
      token = "new";
      return Promise.resolve(true);
    };
    const { client } = clientOf(server.url, { bearer: () => Promise.resolve(token), renew });
    assertEquals(await client.json("POST", "/"), { ok: true });
    assertEquals(renewed, 1);

    await using stubborn = stubServer(() => new Response(null, { status: 401 }));
    const second = clientOf(stubborn.url, { renew });
    const refused = await assertRejects(() => second.client.json("GET", "/"), HttpError);
    assertEquals([refused.exitCode, stubborn.requests.length, renewed], [2, 2, 2]);

    await using forbidden = stubServer(() => new Response(null, { status: 403 }));
    const third = clientOf(forbidden.url, { renew });
    await assertRejects(() => third.client.json("GET", "/"), HttpError);
    assertEquals(renewed, 2);
  });

  it("R41: presigned addresses get no bearer", async () => {
    await using server = stubServer(() => Response.json({}));
    const { client } = clientOf(server.url);
    await client.json("GET", `${server.url}/signed?key=1`, { anonymous: true });
    assertEquals(server.requests[0]!.headers.has("authorization"), false);
  });

  it("R41: an address of another server gets no bearer", async () => {
    await using home = stubServer(() => Response.json({}));
    await using foreign = stubServer(() => Response.json({}));
    const { client } = clientOf(home.url);
    await client.json("GET", `${foreign.url}/anything`);
    await client.json("POST", `${foreign.url}/anything`, { json: {} });
    await client.json("GET", "/own");
    const withBearer = (server: StubServer) =>
      server.requests.map(({ headers }) => headers.has("authorization"));
    assertEquals([withBearer(foreign), withBearer(home)], [[false, false], [true]]);
  });

  it("R41: no credential goes along with a redirect, and no change does", async () => {
    await using foreign = stubServer(() => Response.json({}));
    await using home = stubServer(() =>
      new Response(null, { status: 307, headers: { location: `${foreign.url}/there` } })
    );
    const { client } = clientOf(home.url);
    const headers = { authorization: "Bearer of the caller" };
    await client.json("GET", "/");
    await client.json("GET", "/", { headers });
    assertEquals(foreign.requests.map(({ headers }) => headers.has("authorization")), [
      false,
      false,
    ]);
    for (const method of ["POST", "PUT", "PATCH", "DELETE"]) {
      const error = await assertRejects(() => client.json(method, "/"), OperationError);
      assertEquals(error.code, "REDIRECTED");
    }
    assertEquals(foreign.requests.length, 2);
  });

  it("are traced without what an address carries beside its path", async () => {
    await using server = stubServer(() => Response.json({}));
    const lines: string[] = [];
    const { client } = clientOf(server.url, { trace: (line) => lines.push(line) });
    await client.json("GET", "/signed?key=secret", { query: { token: "secret" } });
    assertEquals(lines, [`GET ${server.url}/signed`, `200 GET ${server.url}/signed`]);
  });

  it("have an answer with a body where they read, and need none where they change", async () => {
    await using server = stubServer(() => new Response(""));
    const { client } = clientOf(server.url);
    assertEquals(await client.json("POST", "/"), undefined);
    const error = await assertRejects(() => client.json("GET", "/"), OperationError);
    assertEquals(error.code, "INVALID_RESPONSE");
  });

  it("R45: names are encoded in paths", () => {
    assertEquals(path("a/b", "c d", "ü?#%"), "/a%2Fb/c%20d/%C3%BC%3F%23%25");
  });

  it("an interrupt ends a wait", async () => {
    const never = Promise.withResolvers<Response>();
    const interrupt = new AbortController();
    await using server = stubServer(() => {
      interrupt.abort(new InterruptedError());
      return never.promise;
    });
    const { client } = clientOf(server.url, { signal: interrupt.signal });
    await assertRejects(() => client.json("GET", "/"), InterruptedError);
    never.resolve(new Response());
  });
});
