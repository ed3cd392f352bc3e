import { assertEquals, assertStringIncludes } from "@std/assert";
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { createClient } from "@insforge/sdk";
import { startBackend, type TestBackend } from "../support/backend.ts";

let backend: TestBackend;

const call = (name: string, body?: unknown, options = {}) =>
  backend.request(body === undefined ? "GET" : "POST", `/api/database/rpc/${name}`, body, options);

const FUNCTIONS = `
CREATE TABLE items (id int PRIMARY KEY, owner uuid, name text);
ALTER TABLE items ENABLE ROW LEVEL SECURITY;
CREATE POLICY all_of_one ON items FOR SELECT TO anon USING (id = 1);
INSERT INTO items VALUES (1, NULL, 'one'), (2, NULL, 'two');
CREATE TYPE pair AS (a int, b text);
CREATE FUNCTION add(a int, b int DEFAULT 10) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT a + b';
CREATE FUNCTION nothing() RETURNS void LANGUAGE sql AS '';
CREATE FUNCTION insert_item(id int) RETURNS void LANGUAGE sql AS 'INSERT INTO items VALUES (id)';
CREATE FUNCTION list_items() RETURNS SETOF items LANGUAGE sql STABLE AS 'SELECT * FROM items ORDER BY id';
CREATE FUNCTION numbers(n int) RETURNS SETOF int LANGUAGE sql AS 'SELECT generate_series(1, n)';
CREATE FUNCTION make_pair(p pair) RETURNS pair LANGUAGE sql AS 'SELECT p';
CREATE FUNCTION table_of(n int) RETURNS TABLE (x int, y text) LANGUAGE sql AS $$ SELECT n, 'y' $$;
CREATE FUNCTION out_of(OUT x int) LANGUAGE sql AS 'SELECT 5';
CREATE FUNCTION total(VARIADIC n int[]) RETURNS bigint LANGUAGE sql AS 'SELECT sum(x) FROM unnest(n) x';
CREATE FUNCTION big() RETURNS bigint LANGUAGE sql AS 'SELECT 9007199254740993';
CREATE FUNCTION body(jsonb) RETURNS text LANGUAGE sql AS $$ SELECT $1 ->> 'k' $$;
CREATE FUNCTION whoami() RETURNS json LANGUAGE sql STABLE AS
  $$ SELECT json_build_object('role', current_user, 'claims', auth.jwt()) $$;
CREATE FUNCTION pay() RETURNS void LANGUAGE plpgsql AS $$ BEGIN RAISE SQLSTATE 'PT402' USING MESSAGE = 'pay', HINT = 'now'; END $$;
CREATE FUNCTION tags(t text[]) RETURNS int LANGUAGE sql AS 'SELECT cardinality(t)';
CREATE FUNCTION cookies() RETURNS int LANGUAGE plpgsql AS $$ BEGIN
  EXECUTE format('SELECT set%sconfig(%L, %L, true)', '_', 'response.headers', '[{"Set-Cookie": "a=1"}, {"Set-Cookie": "b=2"}]');
  RETURN 1; END $$;
CREATE FUNCTION twice(n int) RETURNS int LANGUAGE sql AS 'SELECT n * 2';
CREATE FUNCTION twice(n text) RETURNS text LANGUAGE sql AS 'SELECT n || n';
`;

describe("calls of database functions", () => {
  beforeAll(async () => {
    backend = await startBackend();
    await backend.sql(FUNCTIONS);
  });
  afterAll(() => backend.close());

  it("take no number for an object, however it is written", async () => {
    const answers = await Promise.all(["[1]", "[1.0]"].map(async (text) => {
      const headers = { "content-type": "application/json" };
      const { status, body } = await call("list_items", new TextEncoder().encode(text), {
        headers,
      });
      return [status, body];
    }));
    assertEquals(answers[1], answers[0]);
    assertEquals(answers[0]![0], 404);
  });

  it("take named arguments, with defaults, in the body or the query", async () => {
    assertEquals((await call("add", { a: 1, b: 2 })).body, 3);
    assertEquals((await call("add", { a: 1 })).body, 11);
    assertEquals((await call("add?a=4&b=5")).body, 9);
    assertEquals((await call("tags", { t: ["a", "b"] })).body, 2);
    assertEquals((await call("tags?t={x}")).body, 1);
  });

  it("set a header as often as they say", async () => {
    const response = await fetch(`${backend.url}/api/database/rpc/cookies`, {
      headers: { authorization: `Bearer ${backend.apiKey}` },
    });
    assertEquals(await response.json(), 1);
    assertEquals(response.headers.getSetCookie(), ["a=1", "b=2"]);
  });

  it("answer scalars, rows, sets and nothing in their own shapes", async () => {
    const none = await call("nothing");
    assertEquals([none.status, none.body], [204, ""]);
    assertEquals((await call("list_items")).body.length, 2);
    assertEquals((await call("numbers", { n: 3 })).body, [1, 2, 3]);
    assertEquals((await call("make_pair", { p: { a: 1, b: "x" } })).body, { a: 1, b: "x" });
    assertEquals((await call("table_of", { n: 7 })).body, [{ x: 7, y: "y" }]);
    assertEquals((await call("out_of")).body, { x: 5 });
    assertEquals((await call("total", { n: [1, 2, 3] })).body, 6);
    assertEquals((await call("total?n=4&n=5")).body, 9);
    assertEquals((await call("body", { k: "v" })).body, "v");
  });

  it("run under the caller's role, with its claims and policies", async () => {
    assertEquals((await call("whoami")).body.role, "project_admin");
    const anonymous = await call("whoami", undefined, { key: backend.anonKey });
    assertEquals(anonymous.body, { role: "anon", claims: { role: "anon" } });
    const items = await call("list_items", undefined, { key: backend.anonKey });
    assertEquals(items.body.map(({ id }: { id: number }) => id), [1]);
    assertEquals((await call("whoami", undefined, { key: null })).status, 401);
  });

  it("refuse what is not there, with PostgREST's codes", async () => {
    const unknown = await call("nope");
    assertEquals([unknown.status, unknown.body.code], [404, "PGRST202"]);
    const wrong = await call("add", { c: 1 });
    assertEquals([wrong.status, wrong.body.code], [404, "PGRST202"]);
    assertStringIncludes(wrong.body.hint, "public.add(a, b)");
    const several = await call("twice", { n: 1 });
    assertEquals([several.status, several.body.code], [300, "PGRST203"]);
  });

  it("map errors to statuses", async () => {
    const writing = await call("insert_item?id=3");
    assertEquals([writing.status, writing.body.code], [405, "25006"]);
    assertEquals((await call("insert_item", { id: 3 })).status, 204);
    assertEquals((await call("insert_item", { id: 3 })).status, 409);
    const denied = await call("insert_item", { id: 4 }, { key: backend.anonKey });
    assertEquals([denied.status, denied.body.code], [401, "42501"]);
    const chosen = await call("pay", {});
    assertEquals([chosen.status, chosen.body], [
      402,
      { code: "PT402", message: "pay", details: null, hint: "now" },
    ]);
    assertEquals((await call("add", { a: "x" })).status, 400);
    assertEquals((await call("add", { a: 2_000_000_000, b: 2_000_000_000 })).body.code, "22003");
  });

  it("serve the official SDK", async () => {
    const client = createClient({ baseUrl: backend.url, anonKey: backend.anonKey });
    const { data, error } = await client.database.rpc("add", { a: 20, b: 22 });
    assertEquals([data, error], [42, null]);
    const failed = await client.database.rpc("nope");
    assertEquals(failed.error?.code, "PGRST202");
  });
});
