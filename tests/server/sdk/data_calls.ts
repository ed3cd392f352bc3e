import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { type Bench, type Calls, dataOf, type Sdk } from "./calls.ts";

/** What the checks of the data API read and write. */
export const ITEMS = `
  CREATE SCHEMA archive;
  GRANT USAGE ON SCHEMA archive TO anon, authenticated;
  CREATE TABLE archive.items (id int PRIMARY KEY);
  INSERT INTO archive.items VALUES (70), (71);
  GRANT SELECT ON archive.items TO anon, authenticated;
  CREATE TABLE items (id int PRIMARY KEY, name text, n int, tags text[], span int4range, note text);
  INSERT INTO items VALUES
    (1, 'ant', 1, '{a,b}', '[1,5)', NULL), (2, 'Bee', 2, '{b}', '[5,9)', 'x'),
    (3, 'cat', 3, '{a}', '[10,20)', NULL), (4, 'dog', 4, '{}', '[30,40)', 'y');
  CREATE TABLE notes (id int PRIMARY KEY, text text DEFAULT 'empty');
  GRANT ALL ON items, notes TO anon, authenticated;
  CREATE FUNCTION add(a int, b int) RETURNS int IMMUTABLE LANGUAGE sql AS 'SELECT a + b';
  CREATE FUNCTION who_am_i() RETURNS uuid STABLE LANGUAGE sql AS 'SELECT auth.uid()';
  CREATE FUNCTION archive.count() RETURNS bigint STABLE LANGUAGE sql
    AS 'SELECT count(*) FROM archive.items';`;

type Rows = ReturnType<ReturnType<Sdk["database"]["from"]>["select"]>;

/** Which of the four items a filter leaves. */
const FILTERS: Readonly<Record<string, [(rows: Rows) => Rows, number[]]>> = {
  eq: [(rows) => rows.eq("n", 2), [2]],
  neq: [(rows) => rows.neq("n", 2), [1, 3, 4]],
  gt: [(rows) => rows.gt("n", 2), [3, 4]],
  gte: [(rows) => rows.gte("n", 2), [2, 3, 4]],
  lt: [(rows) => rows.lt("n", 2), [1]],
  lte: [(rows) => rows.lte("n", 2), [1, 2]],
  like: [(rows) => rows.like("name", "%e%"), [2]],
  likeAllOf: [(rows) => rows.likeAllOf("name", ["%a%", "%t"]), [1, 3]],
  likeAnyOf: [(rows) => rows.likeAnyOf("name", ["a%", "d%"]), [1, 4]],
  ilike: [(rows) => rows.ilike("name", "b%"), [2]],
  ilikeAllOf: [(rows) => rows.ilikeAllOf("name", ["b%", "%E"]), [2]],
  ilikeAnyOf: [(rows) => rows.ilikeAnyOf("name", ["B%", "C%"]), [2, 3]],
  is: [(rows) => rows.is("note", null), [1, 3]],
  in: [(rows) => rows.in("n", [1, 4]), [1, 4]],
  contains: [(rows) => rows.contains("tags", ["a"]), [1, 3]],
  containedBy: [(rows) => rows.containedBy("tags", ["a"]), [3, 4]],
  overlaps: [(rows) => rows.overlaps("tags", ["b"]), [1, 2]],
  rangeGt: [(rows) => rows.rangeGt("span", "[5,9)"), [3, 4]],
  rangeGte: [(rows) => rows.rangeGte("span", "[5,9)"), [2, 3, 4]],
  rangeLt: [(rows) => rows.rangeLt("span", "[5,9)"), [1]],
  rangeLte: [(rows) => rows.rangeLte("span", "[5,9)"), [1, 2]],
  rangeAdjacent: [(rows) => rows.rangeAdjacent("span", "[5,9)"), [1]],
  textSearch: [(rows) => rows.textSearch("name", "cat"), [3]],
  match: [(rows) => rows.match({ n: 2, note: "x" }), [2]],
  not: [(rows) => rows.not("n", "gt", 1), [1]],
  or: [(rows) => rows.or("n.eq.1,note.eq.y"), [1, 4]],
  filter: [(rows) => rows.filter("n", "in", "(2,3)"), [2, 3]],
};

const items = (bench: Bench) => bench.client().database.from("items");
const notes = (bench: Bench) => bench.client().database.from("notes");
const note = async ({ backend }: Bench, id: number) =>
  (await backend.sql(`SELECT text FROM notes WHERE id = ${id}`))[0]?.text;

export const dataCalls: Calls = {
  ...Object.fromEntries(
    Object.entries(FILTERS).map(([method, [filter, ids]]) => [
      `rows.${method}`,
      async (bench: Bench) => {
        const rows = dataOf(await filter(items(bench).select("id")).order("id"));
        assertEquals(rows, ids.map((id) => ({ id })));
      },
    ]),
  ),
  "database.from": async (bench) => {
    const { data, count } = await items(bench).select("*", { count: "exact" });
    assertEquals([data?.length, count], [4, 4]);
  },
  "database.schema": async (bench) => {
    const archive = bench.client().database.schema("archive");
    assertEquals(dataOf(await archive.from("items").select("id").order("id")), [{ id: 70 }, {
      id: 71,
    }]);
  },
  "schema.from": async (bench) => {
    const rows = bench.client().database.schema("archive").from("items").select("id");
    assertEquals(dataOf(await rows.gt("id", 70)), [{ id: 71 }]);
  },
  "schema.rpc": async (bench) => {
    assertEquals(dataOf(await bench.client().database.schema("archive").rpc("count")), 2);
  },
  "schema.schema": async (bench) => {
    const schema = bench.client().database.schema("public").schema("archive");
    assertEquals(dataOf(await schema.from("items").select("id").eq("id", 70)), [{ id: 70 }]);
  },
  "database.rpc": async (bench) => {
    const { database } = bench.client();
    assertEquals(dataOf(await database.rpc("add", { a: 2, b: 3 })), 5);
    assertEquals(dataOf(await database.rpc("add", { a: 2, b: 4 }, { get: true })), 6);
  },
  "table.select": async (bench) => {
    const rows = dataOf(await items(bench).select("id, label:name").eq("id", 3));
    assertEquals(rows as unknown, [{ id: 3, label: "cat" }]);
    const { count, data } = await items(bench).select("*", { count: "exact", head: true });
    assertEquals([count, data], [4, null]);
  },
  "table.insert": async (bench) => {
    const { error } = await notes(bench).insert([{ id: 1, text: "one" }, { id: 2 }], {
      defaultToNull: false,
    });
    assertEquals([error, await note(bench, 1), await note(bench, 2)], [null, "one", "empty"]);
  },
  "table.upsert": async (bench) => {
    await notes(bench).insert({ id: 10, text: "old" });
    await notes(bench).upsert([{ id: 10, text: "new" }, { id: 11, text: "more" }]);
    assertEquals([await note(bench, 10), await note(bench, 11)], ["new", "more"]);
    await notes(bench).upsert({ id: 10, text: "other" }, { ignoreDuplicates: true });
    assertEquals(await note(bench, 10), "new");
  },
  "table.update": async (bench) => {
    await notes(bench).insert([{ id: 20, text: "a" }, { id: 21, text: "a" }]);
    assertEquals((await notes(bench).update({ text: "b" }).eq("id", 20)).error, null);
    assertEquals([await note(bench, 20), await note(bench, 21)], ["b", "a"]);
  },
  "table.delete": async (bench) => {
    await notes(bench).insert([{ id: 30 }, { id: 31, text: "kept" }]);
    const { count } = await notes(bench).delete({ count: "exact" }).eq("id", 30);
    assertEquals([count, await note(bench, 30), await note(bench, 31)], [1, undefined, "kept"]);
  },
  "rows.select": async (bench) => {
    const rows = await notes(bench).insert({ id: 40, text: "back" }).select("text");
    assertEquals(dataOf(rows) as unknown, [{ text: "back" }]);
  },
  "rows.order": async (bench) => {
    const rows = items(bench).select("id").order("note", { nullsFirst: true }).order("id", {
      ascending: false,
    });
    assertEquals(dataOf(await rows).map(({ id }) => id), [3, 1, 2, 4]);
  },
  "rows.limit": async (bench) => {
    assertEquals(dataOf(await items(bench).select("id").order("id").limit(2)).length, 2);
  },
  "rows.range": async (bench) => {
    const rows = dataOf(await items(bench).select("id").order("id").range(1, 2));
    assertEquals(rows.map(({ id }) => id), [2, 3]);
  },
  "rows.single": async (bench) => {
    assertEquals(dataOf(await items(bench).select("name").eq("id", 1).single()), { name: "ant" });
    assertEquals((await items(bench).select("name").single()).error?.code, "PGRST116");
  },
  "rows.maybeSingle": async (bench) => {
    const none = await items(bench).select("name").eq("id", 99).maybeSingle();
    assertEquals([none.data, none.error], [null, null]);
  },
  "rows.csv": async (bench) => {
    const csv = dataOf(await items(bench).select("id, name").lt("id", 3).order("id").csv());
    assertEquals(csv.trim().split(/\r?\n/), ["id,name", "1,ant", "2,Bee"]);
  },
  // Neither is enabled on InsForge (docs/differences.md).
  "rows.geojson": async (bench) => {
    assertEquals((await items(bench).select("id").geojson()).status, 406);
  },
  "rows.explain": async (bench) => {
    assertEquals((await items(bench).select("id").explain()).status, 406);
  },
  "rows.rollback": async (bench) => {
    const { data } = await notes(bench).insert({ id: 50 }).select("id").rollback();
    assertEquals([data, await note(bench, 50)], [[{ id: 50 }], undefined]);
  },
  "rows.abortSignal": async (bench) => {
    const { error } = await items(bench).select("id").abortSignal(AbortSignal.abort());
    assertMatch(`${error?.message}`, /abort/i);
  },
  "rows.maxAffected": async (bench) => {
    await notes(bench).insert([{ id: 60, text: "m" }, { id: 61, text: "m" }]);
    // Its type is for another version of PostgREST.
    const atMost = async (count: number) =>
      // deno-lint-ignore no-explicit-any
      await (notes(bench).delete().eq("text", "m") as any).maxAffected(count);
    const many = await atMost(1);
    assertEquals([many.error?.code, await note(bench, 60)], ["PGRST124", "m"]);
    const enough = await atMost(2);
    assertEquals([enough.error, await note(bench, 60)], [null, undefined]);
  },
  "rows.setHeader": async (bench) => {
    const rows = items(bench).select("id").setHeader("Accept-Profile", "archive").order("id");
    assertEquals(dataOf(await rows), [{ id: 70 }, { id: 71 }]);
  },
  "rows.throwOnError": async (bench) => {
    const rows = bench.client().database.from("nowhere").select("id").throwOnError();
    await assertRejects(async () => await rows, Error, "nowhere");
  },
  "rows.then": async (bench) => {
    assertEquals(await items(bench).select("id").then(({ status }) => status), 200);
  },
  "rows.returns": async (bench) => {
    const rows = await items(bench).select("id").eq("id", 1).returns<{ id: number }[]>();
    assertEquals(dataOf(rows), [{ id: 1 }]);
  },
  "rows.overrideTypes": async (bench) => {
    const rows = await items(bench).select("id").eq("id", 2).overrideTypes<{ id: number }[]>();
    assert(Array.isArray(dataOf(rows)));
  },
};
