import { assertEquals } from "@std/assert";
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { startBackend, type TestBackend } from "../../support/backend.ts";

const SCHEMA = `
CREATE DOMAIN color AS int;
CREATE FUNCTION color_json(color) RETURNS json LANGUAGE sql IMMUTABLE
  AS $$ SELECT to_json(coalesce('#' || lpad(to_hex($1), 6, '0'), 'none')) $$;
CREATE FUNCTION color_of(text) RETURNS color LANGUAGE sql IMMUTABLE AS $$ SELECT ('x' || lpad($1, 8, '0'))::bit(32)::int $$;
CREATE FUNCTION color_of(json) RETURNS color LANGUAGE sql IMMUTABLE AS $$ SELECT color_of(substr($1 #>> '{}', 2)) $$;
CREATE CAST (color AS json) WITH FUNCTION color_json(color) AS IMPLICIT;
CREATE CAST (text AS color) WITH FUNCTION color_of(text) AS IMPLICIT;
CREATE CAST (json AS color) WITH FUNCTION color_of(json) AS IMPLICIT;
CREATE TABLE lamps (id int PRIMARY KEY, name text, light color DEFAULT 255);
CREATE TABLE rooms (id int PRIMARY KEY, lamp_id int REFERENCES lamps);
CREATE VIEW lit AS SELECT id, light, (light / 2)::color AS dimmed FROM lamps;
CREATE FUNCTION all_lamps() RETURNS SETOF lamps LANGUAGE sql STABLE AS 'SELECT * FROM lamps ORDER BY id';
INSERT INTO lamps VALUES (1, 'red', 16711680), (2, 'blue', 255), (3, 'out', NULL), (4, 'sky', 255);
INSERT INTO rooms VALUES (1, 1), (2, 2);

CREATE DOMAIN "text/plain" AS text;
CREATE DOMAIN "image/x-dots" AS bytea;
CREATE DOMAIN "text/tab-separated-values" AS text;
CREATE DOMAIN "application/json" AS json;
CREATE DOMAIN "text/csv" AS text;
CREATE DOMAIN "*/*" AS text;
CREATE FUNCTION motto() RETURNS "text/plain" LANGUAGE sql STABLE AS $$ SELECT 'Light!'::text $$;
CREATE FUNCTION no_motto() RETURNS "text/plain" LANGUAGE sql STABLE AS $$ SELECT NULL::text $$;
CREATE FUNCTION mottos() RETURNS SETOF "text/plain" LANGUAGE sql STABLE AS $$ VALUES ('a'), ('b') $$;
CREATE FUNCTION dots() RETURNS "image/x-dots" LANGUAGE sql STABLE AS $$ SELECT '\\x00ff80'::bytea $$;
CREATE FUNCTION anything() RETURNS "*/*" LANGUAGE sql STABLE AS $$ SELECT 'any' $$;
CREATE FUNCTION plain() RETURNS text LANGUAGE sql STABLE AS $$ SELECT 'plain' $$;
CREATE FUNCTION tsv_of(state "text/tab-separated-values", item anyelement) RETURNS "text/tab-separated-values" LANGUAGE sql
  AS $$ SELECT state || (SELECT string_agg(value, E'\\t') FROM json_each_text(to_json(item))) || E'\\n' $$;
CREATE AGGREGATE tsv (anyelement) (SFUNC = tsv_of, STYPE = "text/tab-separated-values", INITCOND = '');
CREATE FUNCTION dots_of(state "image/x-dots", lamp lamps) RETURNS "image/x-dots" LANGUAGE sql
  AS $$ SELECT state || decode(lpad(to_hex(lamp.light::int), 6, '0'), 'hex') $$;
CREATE AGGREGATE dots_agg (lamps) (SFUNC = dots_of, STYPE = "image/x-dots", INITCOND = '');
CREATE TABLE signs (id int PRIMARY KEY, word text);
INSERT INTO signs VALUES (1, 'left'), (2, 'right');
CREATE FUNCTION word_of(state "application/json", sign signs) RETURNS "application/json" LANGUAGE sql
  AS $$ SELECT json_build_object('last', sign.word) $$;
CREATE AGGREGATE words (signs) (SFUNC = word_of, STYPE = "application/json");
CREATE FUNCTION sheet_of(state "text/csv", sign signs) RETURNS "text/csv" LANGUAGE sql AS $$ SELECT state || sign.word || ';' $$;
CREATE FUNCTION sheet_end(state "text/csv") RETURNS "text/csv" LANGUAGE plpgsql AS $$ BEGIN
  EXECUTE format('SELECT set%sconfig(%L, %L, true)', '_', 'response.headers', '[{"Content-Type": "text/x-sheet"}]');
  RETURN 'word;' || state; END $$;
CREATE AGGREGATE sheet (signs) (SFUNC = sheet_of, STYPE = "text/csv", FINALFUNC = sheet_end, INITCOND = '');

CREATE FUNCTION one_record(n int DEFAULT 1) RETURNS record LANGUAGE sql STABLE AS 'SELECT id, name FROM lamps WHERE id = n';
CREATE FUNCTION some_records(most int) RETURNS SETOF record LANGUAGE sql STABLE AS 'SELECT id, name FROM lamps WHERE id <= most ORDER BY id';
`;

let backend: TestBackend;

async function send(
  request: string,
  { accept, prefer, body }: { accept?: string; prefer?: string; body?: unknown } = {},
): Promise<Response> {
  const [method, path = ""] = request.split(" ");
  const area = path.startsWith("rpc/") ? "" : "records/";
  return await fetch(`${backend.url}/api/database/${area}${path}`, {
    method,
    headers: {
      authorization: `Bearer ${backend.apiKey}`,
      ...accept && { accept },
      ...prefer && { prefer },
      ...body !== undefined && { "content-type": "application/json" },
    },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
}

/** What is answered: the body, or the status with the code of an error. */
async function answer(...args: Parameters<typeof send>): Promise<unknown> {
  const response = await send(...args);
  const body = await response.json();
  return response.ok ? body : `${response.status} ${body.code}`;
}

/** The media type of an answer, and its text; of a refusal its status and code. */
async function form(request: string, accept?: string): Promise<string[]> {
  const response = await send(request, { accept });
  const text = await response.text();
  if (!response.ok) return [String(response.status), JSON.parse(text).code];
  return [response.headers.get("content-type")!, text];
}

describe("a domain in the data API", () => {
  beforeAll(async () => {
    backend = await startBackend();
    await backend.sql(SCHEMA);
  });
  afterAll(() => backend.close());

  it("is shown by its cast to JSON, wherever it stands", async () => {
    const [red, blue] = [{ light: "#ff0000" }, { light: "#0000ff" }];
    const answers = await Promise.all([
      "GET lamps?select=light&id=lt.4&order=light",
      "GET lamps?id=eq.3",
      "GET lamps?select=shade:light::text&id=eq.1",
      "GET lit?id=eq.2",
      "GET rooms?select=lamps(light)&order=id",
      "GET rooms?select=...lamps(light)&order=id",
      "GET rooms?select=...lamps(*)&id=eq.1",
      "GET lamps?select=light,count()&order=light",
      "GET rooms?select=count(),...lamps(light)&id=eq.1",
      "GET rpc/all_lamps?select=light&limit=2",
    ].map((request) => answer(request)));
    assertEquals(answers, [
      [blue, red, { light: "none" }],
      [{ id: 3, name: "out", light: "none" }],
      [{ shade: '"#ff0000"' }],
      [{ id: 2, light: "#0000ff", dimmed: "#00007f" }],
      [{ lamps: red }, { lamps: blue }],
      [red, blue],
      [{ id: 1, name: "red", ...red }],
      [{ ...blue, count: 2 }, { ...red, count: 1 }, { light: "none", count: 1 }],
      [{ count: 1, ...red }],
      [red, blue],
    ]);
  });

  it("is compared with what its cast from text reads, and ordered by its value", async () => {
    const ids = async (query: string) =>
      (await answer(`GET lamps?select=id&order=id&${query}`) as { id: number }[])
        .map(({ id }) => id);
    assertEquals(await ids("light=eq.ff0000"), [1]);
    assertEquals(await ids("light=not.in.(ff0000,1)"), [2, 4]);
    assertEquals(await ids("light=eq(any).{ff0000,ff}"), [1, 2, 4]);
    assertEquals(await ids("or=(light.gt.ff,light.is.null)"), [1, 3]);
    assertEquals(await ids("light=isdistinct.ff"), [1, 3]);
    assertEquals(
      await answer("GET rooms?select=id,lamps!inner(id)&lamps.light=eq.ff"),
      [{ id: 2, lamps: { id: 2 } }],
    );
    assertEquals(await answer("GET lamps?light=ilike.ff*"), "404 42883");
  });

  it("is read by its cast from JSON in inserts and changes", async () => {
    const prefer = "return=representation";
    const select = "select=id,light";
    const writes: [string, unknown, string?][] = [
      [`POST lamps?${select}`, { id: 10, light: "#000010" }],
      [`POST lamps?${select}&columns=id,light`, [{ id: 11, light: "#000011" }], ",missing=default"],
      [`POST lamps?${select}&columns=id,light`, [{ id: 12 }], ",missing=default"],
      [`POST lamps?${select}`, { id: 10, light: "#000012" }, ",resolution=merge-duplicates"],
      [`PUT lamps?${select}&id=eq.13`, { id: 13, light: "#000013" }],
      [`PATCH lamps?${select}&light=eq.13`, { light: "#000014" }],
      [`PATCH lit?${select}&id=eq.13`, { light: "#000015" }],
    ];
    const answers = [];
    for (const [request, body, more = ""] of writes) {
      answers.push(await answer(request, { prefer: prefer + more, body }));
    }
    const lamp = (id: number, light: string) => [{ id, light }];
    assertEquals(answers, [
      lamp(10, "#000010"),
      lamp(11, "#000011"),
      lamp(12, "#0000ff"),
      lamp(10, "#000012"),
      lamp(13, "#000013"),
      lamp(13, "#000014"),
      lamp(13, "#000015"),
    ]);
    const stored = await backend.sql("SELECT light::int FROM lamps WHERE id > 9 ORDER BY id");
    assertEquals(stored.map(({ light }) => light), [0x12, 0x11, 0xff, 0x15]);
    await backend.sql("DELETE FROM lamps WHERE id > 9");
  });

  it("that is named like a media type makes a function answer it", async () => {
    assertEquals(await form("GET rpc/motto", "text/plain"), [
      "text/plain; charset=utf-8",
      "Light!",
    ]);
    assertEquals(await form("GET rpc/motto"), ["application/json; charset=utf-8", '"Light!"']);
    assertEquals(await form("GET rpc/no_motto", "text/plain"), ["text/plain; charset=utf-8", ""]);
    assertEquals(await form("GET rpc/mottos", "text/plain"), ["406", "PGRST107"]);
    assertEquals(await form("GET rpc/plain", "text/plain"), ["406", "PGRST107"]);
    assertEquals(await form("POST rpc/anything", "image/webp"), [
      "application/octet-stream",
      "any",
    ]);
    assertEquals(await form("GET rpc/anything"), ["application/octet-stream", "any"]);
    const image = await send("GET rpc/dots", { accept: "text/html, image/x-dots, */*;q=0.8" });
    assertEquals(image.headers.get("content-type"), "image/x-dots");
    assertEquals(await image.bytes(), new Uint8Array([0, 255, 128]));
  });

  it("that is named like a media type makes an aggregate answer rows", async () => {
    const dots = await send("GET lamps?id=lt.3&order=id", { accept: "image/x-dots" });
    assertEquals([...await dots.bytes()], [255, 0, 0, 0, 0, 255]);
    const called = await send("GET rpc/all_lamps?id=eq.4", { accept: "image/x-dots" });
    assertEquals([...await called.bytes()], [0, 0, 255]);
    const type = "text/tab-separated-values";
    assertEquals(await form("GET signs?order=id", type), [type, "1\tleft\n2\tright\n"]);
    assertEquals(await form("GET signs?select=word,id&id=eq.1", type), [type, "left\t1\n"]);
    const own = "application/json; charset=utf-8";
    assertEquals(await form("GET signs?order=id", "application/json"), [own, '{"last" : "right"}']);
    assertEquals(await form("GET signs?select=id&id=eq.1"), [own, '[{"id":1}]']);
    assertEquals(await form("GET signs?order=id", "text/csv"), [
      "text/x-sheet",
      "word;left;right;",
    ]);
    assertEquals(await form("GET lamps?select=id", "image/x-dots"), ["406", "PGRST107"]);
    assertEquals(await form("GET signs", "image/x-dots"), ["406", "PGRST107"]);
    const made = await send("POST signs?id=eq.3", {
      accept: type,
      prefer: "return=representation",
      body: { id: 3, word: "up" },
    });
    assertEquals([made.status, await made.text()], [201, "3\tup\n"]);
    await backend.sql("DELETE FROM signs WHERE id = 3");
  });

  it("is not needed for records: they are answered with the columns that they have", async () => {
    const [red, blue] = [{ id: 1, name: "red" }, { id: 2, name: "blue" }];
    assertEquals(await answer("GET rpc/one_record"), red);
    assertEquals(await answer("POST rpc/one_record", { body: { n: 2 } }), blue);
    assertEquals(await answer("POST rpc/one_record", { body: { n: 9 } }), null);
    assertEquals(await answer("POST rpc/some_records", { body: { most: 2 } }), [red, blue]);
    assertEquals(await answer("GET rpc/some_records?most=2&limit=1"), [red]);
    assertEquals(await answer("GET rpc/some_records?most=0"), []);
  });
});
