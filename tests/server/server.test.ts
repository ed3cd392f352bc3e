import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { eventually } from "../support/eventually.ts";
import { startBackend, type TestBackend } from "../support/backend.ts";

const rawsql = "/api/database/advance/rawsql";

describe("server", () => {
  let backend: TestBackend;
  beforeAll(async () => {
    backend = await startBackend();
  });
  afterAll(() => backend.close());

  /** A request with headers that fetch does not let a caller set. */
  async function rawRequest(text: string): Promise<string> {
    using connection = await Deno.connect({ hostname: "127.0.0.1", port: backend.port });
    await connection.write(new TextEncoder().encode(text));
    const bytes = new Uint8Array(65536);
    const count = await connection.read(bytes);
    return new TextDecoder().decode(bytes.subarray(0, count ?? 0));
  }

  it("reports health without a credential", async () => {
    const { status, body } = await backend.request("GET", "/api/health", undefined, { key: null });
    assertEquals(status, 200);
    assertEquals(Object.keys(body), ["status", "version", "service", "timestamp"]);
    assertEquals(body.status, "ok");
  });

  it("lists the public key of its tokens, the same under both addresses", async () => {
    const keys = new Set<string>();
    for (const path of ["/.well-known/jwks.json", "/api/.well-known/jwks.json"]) {
      const { status, body } = await backend.request("GET", path, undefined, { key: null });
      assertEquals([status, body.keys.length, "d" in body.keys[0]], [200, 1, false]);
      keys.add(body.keys[0].kid);
    }
    assertEquals(keys.size, 1);
  });

  it("names an unknown route", async () => {
    const { status, body } = await backend.request("GET", "/api/nope");
    assertEquals([status, body.error, body.statusCode], [404, "NOT_FOUND", 404]);
    assertStringIncludes(body.message, "/api/nope");
    assert(body.nextActions);
  });

  it("takes a body that breaks off for the client's fault", async () => {
    using connection = await Deno.connect({ hostname: "127.0.0.1", port: backend.port });
    const head = `POST ${rawsql} HTTP/1.1\r\nHost: 127.0.0.1\r\n` +
      `Authorization: Bearer ${backend.apiKey}\r\nContent-Length: 100\r\n\r\n{"query":`;
    await connection.write(new TextEncoder().encode(head));
    await connection.closeWrite();
    const answer = await new Response(connection.readable).text();
    assertStringIncludes(answer, "HTTP/1.1 400");
    assertStringIncludes(answer, "The request broke off");
  });

  it("refuses a foreign Host", async () => {
    const answer = await rawRequest(
      "GET /api/health HTTP/1.1\r\nHost: evil.example:7130\r\nConnection: close\r\n\r\n",
    );
    assertStringIncludes(answer, "HTTP/1.1 403");
    assertStringIncludes(answer, "evil.example");
  });

  it("answers for every name of this machine", async () => {
    for (const host of ["localhost", "127.0.0.1:7130", "[::1]:7130", "app.localhost:80"]) {
      const answer = await rawRequest(
        `GET /api/health HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`,
      );
      assertStringIncludes(answer, "HTTP/1.1 200");
    }
  });

  it("reflects the origin with credentials", async () => {
    const headers = { origin: "http://localhost:3000" };
    const { headers: answer } = await backend.request("GET", "/api/health", undefined, { headers });
    assertEquals(answer.get("access-control-allow-origin"), "http://localhost:3000");
    assertEquals(answer.get("access-control-allow-credentials"), "true");
    assertEquals(
      answer.get("access-control-expose-headers"),
      "Content-Range, ETag, Preference-Applied",
    );
  });

  it("answers a preflight without a credential", async () => {
    const { status, headers } = await backend.request("OPTIONS", rawsql, undefined, {
      key: null,
      headers: {
        origin: "http://localhost:3000",
        "access-control-request-method": "POST",
        "access-control-request-headers": "authorization,content-type",
      },
    });
    assertEquals(status, 204);
    assertEquals(headers.get("access-control-allow-headers"), "authorization,content-type");
    assertStringIncludes(headers.get("access-control-allow-methods") ?? "", "POST");
  });

  it("refuses a body that is not a JSON object", async () => {
    for (const text of ["{bad", "1", '"select 1"', "null"]) {
      const { status, body } = await backend.request(
        "POST",
        rawsql,
        new TextEncoder().encode(text),
      );
      assertEquals([status, body.error], [400, "INVALID_INPUT"]);
      assert(body.nextActions);
    }
  });

  it("names what is wrong with a body", async () => {
    const { status, body } = await backend.request("POST", rawsql, { query: "" });
    assertEquals([status, body.error], [400, "INVALID_INPUT"]);
    assertEquals(body.message, "query: Query is required");
  });

  it("refuses a body above the limit", async () => {
    const answer = await rawRequest(
      `POST ${rawsql} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${backend.apiKey}\r\n` +
        "Content-Type: application/json\r\nContent-Length: 200000000\r\n\r\n",
    );
    assertStringIncludes(answer, "HTTP/1.1 413");
  });

  it("ends the statement of a client that goes away", async () => {
    const controller = new AbortController();
    const request = fetch(backend.url + rawsql, {
      method: "POST",
      headers: { authorization: `Bearer ${backend.apiKey}`, "content-type": "application/json" },
      body: JSON.stringify({ query: "CREATE TABLE kept AS SELECT 1 FROM pg_sleep(25)" }),
      signal: controller.signal,
    }).catch(() => {});
    const { engine } = backend.database;
    await eventually(() =>
      Promise.resolve(
        engine.activity().running.some(({ statement }) => statement.startsWith("CREATE")),
      )
    );
    controller.abort();
    await request;
    assertEquals(await backend.sql("SELECT to_regclass('kept') AS kept"), [{ kept: null }]);
  });

  it("logs requests without secrets", async () => {
    await backend.request("GET", "/api/metadata?token=hidden-in-query");
    await backend.sql("SELECT 'hidden in body'");
    let text = "";
    await eventually(async () => {
      text = await Deno.readTextFile(`${backend.dataDir}/logs/insforge.logs.jsonl`);
      return text.includes('"path":"/api/metadata"') && text.split(rawsql).length > 2;
    });
    const lines = text.trim().split("\n").map((line) => JSON.parse(line));
    const line = lines.find(({ metadata }) => metadata.path === "/api/metadata");
    assertEquals(Object.keys(line), ["id", "timestamp", "message", "level", "metadata"]);
    assertEquals([line.metadata.method, line.metadata.status], ["GET", 200]);
    for (const secret of ["hidden-in-query", "hidden in body", backend.apiKey, "Bearer"]) {
      assert(!text.includes(secret));
    }
  });
});
