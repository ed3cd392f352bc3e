import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { sign } from "hono/jwt";
import { startBackend, type TestBackend } from "../support/backend.ts";

/**
 * Routes that are for everybody; the archive's address is a secret of its own, as a presigned one
 * is.
 */
const ANYONE = [
  "GET /api/health",
  "GET /.well-known/jwks.json",
  "GET /api/.well-known/jwks.json",
  "GET /api/docs",
  "GET /api/docs/:topic",
  "GET /api/docs/:feature/:language",
  "POST /api/deployments/:id/archive",
  "GET /api/local/identity",
  "GET /api/auth/public-config",
  "GET /api/auth/profiles/:id",
  "POST /api/auth/sessions",
  "POST /api/auth/logout",
  "POST /api/auth/email/send-verification",
  "POST /api/auth/email/verify",
  "POST /api/auth/email/send-otp",
  "POST /api/auth/email/send-reset-password",
  "POST /api/auth/email/exchange-reset-password-token",
  "POST /api/auth/email/reset-password",
  "GET /api/auth/email/verify-link",
  "POST /api/auth/id-token",
  "POST /api/auth/admin/sessions",
  "POST /api/auth/admin/logout",
  "GET /api/auth/oauth/consent",
  "POST /api/auth/oauth/consent",
  "POST /api/auth/oauth/exchange",
  "GET /api/auth/oauth/shared/callback/:state",
  "GET /api/auth/oauth/custom/:key",
  "GET /api/auth/oauth/custom/:key/callback",
  "GET /api/auth/oauth/:provider",
  "GET /api/auth/oauth/:provider/callback",
  "POST /api/auth/oauth/:provider/callback",
  "GET /api/auth/email/reset-password-link",
  // The token comes with a socket's first packet: tests/server/realtime/.
  "GET /socket.io/",
];

/** Routes of those who are signed in: whoever is not gets 401, whatever key they have. */
const SIGNED_IN = [
  "GET /api/auth/sessions/current",
  "PATCH /api/auth/profiles/current",
  "POST /api/auth/refresh",
  "POST /api/email/send-raw",
  "POST /api/auth/admin/refresh",
  "POST /api/auth/admin/sessions/exchange",
  // For browsers that `insforge local mail open` sent there.
  "GET /mail",
  "GET /mail/:id",
  // Signed by Stripe in each request: tests/server/payments/.
  "POST /api/webhooks/stripe/:environment",
];

/** Routes of an app's users, whose roles and policies decide; all others are the owner's alone. */
const USERS = [
  "POST /api/auth/users",
  "POST /api/ai/chat/completion",
  "POST /api/ai/image/generation",
  "POST /api/ai/embeddings",
  "POST /api/payments/stripe/:environment/checkout-sessions",
  "POST /api/payments/stripe/:environment/customer-portal-sessions",
  "GET /api/database/rpc/:name",
  "POST /api/database/rpc/:name",
  "GET /api/database/records",
  "GET /api/database/records/:table",
  "POST /api/database/records/:table",
  "PUT /api/database/records/:table",
  "PATCH /api/database/records/:table",
  "DELETE /api/database/records/:table",
  "GET /api/storage/buckets/:bucket/objects",
  "POST /api/storage/buckets/:bucket/objects",
  "DELETE /api/storage/buckets/:bucket/objects",
  "POST /api/storage/buckets/:bucket/upload-strategy",
  "GET /api/storage/buckets/:bucket/download-strategy/objects/*",
  "POST /api/storage/buckets/:bucket/objects/:key/confirm-upload",
  "POST /api/storage/buckets/:bucket/objects/:key{.+}/download-strategy",
  "PUT /api/storage/buckets/:bucket/objects/*",
  "DELETE /api/storage/buckets/:bucket/objects/*",
  "GET /api/storage/buckets/:bucket/objects/*",
];

let backend: TestBackend;
let secret: string;

/**
 * Every route with an address that it answers; patterns for every method are middleware, or call
 * functions.
 */
function routes(): { name: string; method: string; path: string }[] {
  const named = new Map(
    backend.routes.filter(({ method }) => method !== "ALL").map(({ method, path }) => [
      `${method} ${path}`,
      { method, path: path.replace(/:\w+(\{[^}]*\})?/g, "x").replace("*", "x") },
    ]),
  );
  return named.entries().map(([name, route]) => ({ name, ...route })).toArray();
}

async function statusOf(
  { method, path }: { method: string; path: string },
  key: string | null,
  headers?: Record<string, string>,
): Promise<number> {
  const body = method === "GET" || method === "DELETE" ? undefined : {};
  return (await backend.request(method, path, body, { key, headers })).status;
}

/** The whole answer to bytes that no HTTP client would send. */
async function send(head: string): Promise<string> {
  using connection = await Deno.connect({ hostname: "127.0.0.1", port: backend.port });
  await connection.write(new TextEncoder().encode(head));
  return await new Response(connection.readable).text();
}

describe("every route of the local backend", () => {
  beforeAll(async () => {
    backend = await startBackend();
    const keys = JSON.parse(await Deno.readTextFile(`${backend.dataDir}/keys.json`));
    secret = keys.jwtSecret;
    await backend.request("POST", "/api/secrets", { key: "TOKEN", value: "hidden-value" });
  });
  afterAll(() => backend.close());

  it("is known here, so that none is open by mistake", () => {
    const names = routes().map(({ name }) => name);
    assert(names.length > 80, `${names.length} routes`);
    for (const name of [...ANYONE, ...USERS, ...SIGNED_IN]) assert(names.includes(name), name);
  });

  it("answers nobody without a credential, or with a wrong one, but what is for everybody", async () => {
    const wrong = [
      null,
      "ik_wrong",
      "anon_wrong",
      "nonsense",
      await sign({ role: "project_admin" }, "x"),
    ];
    for (const route of routes()) {
      for (const key of wrong) {
        const isOpen = ANYONE.includes(route.name);
        const status = await statusOf(route, key);
        assertEquals(status === 401, !isOpen, `${route.name} with ${key}: ${status}`);
      }
    }
  });

  it("is the owner's alone where it is not for users", async () => {
    const user = await sign({
      sub: "5d4f1c7e-6c3c-4d4e-9f39-0d3b3d1f6a10",
      role: "authenticated",
      exp: Math.floor(Date.now() / 1000) + 60,
    }, secret);
    for (const route of routes()) {
      const isOpen = ANYONE.includes(route.name) || USERS.includes(route.name);
      assertEquals(await statusOf(route, backend.anonKey) === 401, !isOpen, `${route.name}, anon`);
      if (isOpen) continue;
      const refusals = SIGNED_IN.includes(route.name) ? [400, 401] : [403];
      assert(refusals.includes(await statusOf(route, user)), `${route.name}, user`);
    }
  });

  it("refuses a name that is not this machine's, even with the key", async () => {
    for (const { method, path } of routes()) {
      const answer = await send(
        `${method} ${path} HTTP/1.1\r\nHost: rebound.example\r\nAuthorization: Bearer ${backend.apiKey}\r\n` +
          "Content-Length: 0\r\nConnection: close\r\n\r\n",
      );
      assert(answer.startsWith("HTTP/1.1 403"), `${method} ${path}: ${answer.slice(0, 60)}`);
    }
  });

  it("gives a page of another origin no more than anybody has", async () => {
    const headers = { origin: "https://evil.example", cookie: "session=1" };
    for (const route of routes().filter(({ name }) => !ANYONE.includes(name))) {
      assertEquals(await statusOf(route, null, headers), 401, route.name);
    }
  });

  it("has no way around its credential", async () => {
    const ways = [
      "GET /api/health/../secrets/TOKEN",
      "GET /api/health/%2e%2e/secrets/TOKEN",
      "GET //api/secrets/TOKEN",
      "GET /api//secrets/TOKEN",
      "GET /api/secrets/TOKEN/",
      "GET /api/%73ecrets/TOKEN",
      "GET /API/SECRETS/TOKEN",
      "GET /api/secrets/TOKEN;x=1",
      "GET /api/secrets%2fTOKEN",
      "GET /api/docs/..%2f..%2f..%2fkeys.json",
      "GET /api/docs/../../../keys.json",
      "GET /functions/..%2fapi%2fsecrets%2fTOKEN",
      "HEAD /api/secrets/TOKEN",
      "OPTIONS /api/secrets/TOKEN",
      "TRACE /api/secrets/TOKEN",
      "GET http://127.0.0.1/api/secrets/TOKEN",
    ];
    for (const way of ways) {
      for (
        const header of ["X-A: b", "X-HTTP-Method-Override: GET", "X-Original-URL: /api/health"]
      ) {
        const answer = await send(
          `${way} HTTP/1.1\r\nHost: 127.0.0.1\r\n${header}\r\nConnection: close\r\n\r\n`,
        );
        assert(!/hidden-value|jwtSecret|ik_\w/.test(answer), `${way}: ${answer}`);
        assert(/^HTTP\/1.1 (204|400|401|404|405)/.test(answer), `${way}: ${answer.slice(0, 80)}`);
      }
    }
  });

  it("takes a request whose length is told twice for none", async () => {
    const smuggled = "GET /api/secrets HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n";
    const answer = await send(
      "POST /api/health HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n" +
        `Connection: close\r\n\r\n0\r\n\r\n${smuggled}`,
    );
    assertEquals(answer.match(/HTTP\/1\.1/g)?.length, 1, answer);
    const headers = `X-Long: ${"a".repeat(1_000_000)}`;
    const long = await send(`GET /api/health HTTP/1.1\r\nHost: 127.0.0.1\r\n${headers}\r\n\r\n`)
      .catch(String);
    assert(!long.includes("HTTP/1.1 200"));
    assertStringIncludes((await backend.request("GET", "/api/health")).body.status, "ok");
  });

  it("answers others while a client sends its request byte by byte", async () => {
    using slow = await Deno.connect({ hostname: "127.0.0.1", port: backend.port });
    await slow.write(new TextEncoder().encode("POST /api/secrets HTTP/1.1\r\nHost: 127"));
    assertEquals((await backend.request("GET", "/api/secrets")).status, 200);
  });
});
