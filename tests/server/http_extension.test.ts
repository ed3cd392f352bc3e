import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { eventually } from "../support/eventually.ts";
import { startBackend, TEST_ENGINE, type TestBackend } from "../support/backend.ts";

describe({
  name: "the extension http",
  // A PostgreSQL server has it where it is installed.
  ignore: TEST_ENGINE !== undefined,
  fn() {
    let backend: TestBackend;
    let site: Deno.HttpServer<Deno.NetAddr>;
    let address: string;
    let left = false;
    beforeAll(async () => {
      site = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, async (request) => {
        const { pathname, search } = new URL(request.url);
        if (pathname === "/slow") {
          request.signal.addEventListener("abort", () => left = true);
          await new Promise((resolve) => request.signal.addEventListener("abort", resolve));
        }
        if (pathname === "/endless") {
          return new Response(
            new ReadableStream({
              pull: (controller) => controller.enqueue(new Uint8Array(1024 ** 2).fill(0x78)),
            }),
          );
        }
        if (pathname === "/large") return new Response("é".repeat(3_000_000));
        return Response.json({
          method: request.method,
          search,
          word: request.headers.get("x-word"),
          type: request.headers.get("content-type"),
          body: await request.text(),
        }, { status: 201, headers: { "x-answer": "yes" } });
      });
      address = `http://127.0.0.1:${site.addr.port}`;
      backend = await startBackend();
      await backend.sql("CREATE EXTENSION IF NOT EXISTS http");
    });
    afterAll(async () => {
      await backend.close();
      await site.shutdown();
    });
    const content = async (call: string) =>
      (await backend.sql(`SELECT (${call}).content::json AS body`))[0]!.body;

    it("takes no other device's place: there are random values still", async () => {
      const [row] = await backend.sql("SELECT gen_random_uuid() <> gen_random_uuid() AS differ");
      assertEquals(row!.differ, true);
    });

    it("asks by every method, with what it is given", async () => {
      const none = { search: "", word: null, type: null, body: "" };
      assertEquals(await content(`http_get('${address}/')`), { ...none, method: "GET" });
      assertEquals(
        await content(`http_get('${address}/', '{"q": "a & b"}'::jsonb)`),
        { ...none, method: "GET", search: "?q=a+%26+b" },
      );
      for (const method of ["post", "put", "patch", "delete"]) {
        assertEquals(
          await content(
            `http_${method}('${address}/', E'{"a": "it''s \\u00e9"}', 'application/json')`,
          ),
          {
            ...none,
            method: method.toUpperCase(),
            type: "application/json",
            body: '{"a": "it\'s é"}',
          },
        );
      }
      assertEquals(
        await content(
          `http(('GET', '${address}/', ARRAY[http_header('X-Word', 'w')], NULL, NULL)::http_request)`,
        ),
        { ...none, method: "GET", word: "w" },
      );
    });

    it("answers status, type, headers, and large contents", async () => {
      const [row] = await backend.sql(
        `SELECT status, content_type, (SELECT value FROM unnest(headers) WHERE field = 'x-answer')
         AS answer, (SELECT length(content) FROM http_get('${address}/large')) AS length
         FROM http_head('${address}/')`,
      );
      assertEquals(row, {
        status: 201,
        content_type: "application/json",
        answer: "yes",
        length: 3_000_000,
      });
    });

    it("gives up in time, and says what failed", async () => {
      const slow =
        `SELECT http_set_curlopt('CURLOPT_TIMEOUT_MS', '50'); SELECT http_get('${address}/slow')`;
      const late = await assertRejects(() => backend.sql(slow), Error);
      assertStringIncludes(late.message, "Operation timed out after 50 milliseconds");
      const wrong = await assertRejects(() => backend.sql("SELECT http_get('file:///etc/passwd')"));
      assertStringIncludes((wrong as Error).message, "no address of HTTP");
      const endless = `SET http.curlopt_timeout_ms = 25000; SELECT http_get('${address}/endless')`;
      const large = await assertRejects(() => backend.sql(endless), Error);
      assertStringIncludes(large.message, "the answer has more than 64 MiB");
    });

    it("stops asking when the caller leaves", async () => {
      const leaving = new AbortController();
      const path = "/api/database/advance/rawsql";
      left = false;
      const call = fetch(backend.url + path, {
        method: "POST",
        headers: { authorization: `Bearer ${backend.apiKey}`, "content-type": "application/json" },
        body: JSON.stringify({
          query: `SET http.curlopt_timeout_ms = 25000; SELECT http_get('${address}/slow')`,
        }),
        signal: leaving.signal,
      }).catch(() => {});
      setTimeout(() => leaving.abort(), 300);
      await call;
      assertEquals(await backend.sql("SELECT 1 AS n"), [{ n: 1 }]);
      await eventually(() => Promise.resolve(left));
    });

    it("is not for an app's users", async () => {
      const { status, body } = await backend.request(
        "POST",
        "/api/database/rpc/http_get",
        { uri: `${address}/` },
        { key: backend.anonKey },
      );
      assertEquals([status, body.code], [401, "42501"]);
    });
  },
});
