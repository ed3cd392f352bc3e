import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { startBackend, type TestBackend } from "../support/backend.ts";

interface Entry {
  type: string;
  filename: string;
  endpoint: string;
}

/** A route in a page's text or tables: `GET /api/…`. */
const ROUTE = /`(GET|POST|PUT|PATCH|DELETE) (\/[^\s`?]+)/g;

describe("the documentation of the local backend", () => {
  let backend: TestBackend;
  let entries: Entry[];
  const read = (path: string) => backend.request("GET", path, undefined, { key: null });

  beforeAll(async () => {
    backend = await startBackend();
    entries = (await read("/api/docs")).body;
  });
  afterAll(() => backend.close());

  it("lists exactly what can be read, and needs no key", async () => {
    for (const { type, filename, endpoint } of entries) {
      const { status, body } = await read(endpoint);
      assertEquals([status, body.type], [200, type]);
      assertMatch(body.content, /^# \S/);
      assertMatch(filename, /\.md$/);
    }
    assertEquals(new Set(entries.map(({ endpoint }) => endpoint)).size, entries.length);
  });

  it("has every feature in every language", () => {
    const endpoints = entries.map(({ endpoint }) => endpoint);
    for (const feature of ["db", "storage", "functions", "auth", "ai", "realtime"]) {
      for (const language of ["typescript", "swift", "kotlin", "rest-api"]) {
        assert(endpoints.includes(`/api/docs/${feature}/${language}`), `${feature} ${language}`);
      }
    }
    const types = entries.map(({ type }) => type);
    for (const type of ["instructions", "db-sdk", "auth-sdk-swift", "ai-rest-api"]) {
      assert(types.includes(type), type);
    }
  });

  it("answers DOCS_NOT_FOUND for what it has not", async () => {
    for (
      const path of ["nope", "db", "db/cobol", "nope/swift", "payments/typescript", "__proto__"]
    ) {
      const { status, body } = await read(`/api/docs/${path}`);
      assertEquals([status, body.error], [404, "DOCS_NOT_FOUND"], path);
    }
  });

  it("names the address that it answers at, and no key", async () => {
    const { body } = await read("/api/docs/db/typescript");
    assertStringIncludes(body.content, backend.url);
    for (const { endpoint } of entries) {
      const { content } = (await read(endpoint)).body;
      assert(!content.includes(backend.apiKey) && !content.includes(backend.anonKey));
    }
  });

  it("names no route that there is not", async () => {
    const routes = new Set<string>();
    for (const { endpoint } of entries) {
      const { content } = (await read(endpoint)).body;
      for (const [, method, path] of content.matchAll(ROUTE)) routes.add(`${method} ${path}`);
    }
    assert(routes.size > 15, String(routes.size));
    for (const route of routes) {
      const [method, path] = route.split(" ") as [string, string];
      const sent = path.replaceAll(/\{\w+\}/g, "any");
      const { body } = await backend.request(method, sent, method === "GET" ? undefined : {});
      assert(!String(body.message).startsWith(`There is no ${method} `), route);
    }
  });
});
