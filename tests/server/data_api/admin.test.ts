import {
  adminTableRecordsCreateResponseSchema,
  adminTableRecordsDeleteResponseSchema,
  bulkUpsertResponseSchema,
} from "@insforge/shared-schemas";
import { assertEquals } from "@std/assert";
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { startBackend, type TestBackend } from "../../support/backend.ts";

let backend: TestBackend;

const AREA = "/api/database/admin/tables";
const send = (method: string, path: string, body?: unknown) =>
  backend.request(method, `${AREA}/${path}`, body);

async function upload(name: string, text: string, fields: Record<string, string>) {
  const form = new FormData();
  for (const [field, value] of Object.entries(fields)) form.set(field, value);
  form.set("file", new File([text], name));
  const response = await fetch(`${backend.url}/api/database/advance/bulk-upsert`, {
    method: "POST",
    headers: { authorization: `Bearer ${backend.apiKey}` },
    body: form,
  });
  return { status: response.status, body: await response.json() };
}

describe("the rows of tables for the project's owner", () => {
  beforeAll(async () => {
    backend = await startBackend();
    await backend.sql(`
      CREATE TABLE people (id int PRIMARY KEY, name text, note text, age int, data jsonb);
      CREATE TABLE seats (x int, y int, who text, PRIMARY KEY (x, y));
      ALTER TABLE people ENABLE ROW LEVEL SECURITY;
      INSERT INTO people VALUES (1, 'Ann', '50% off', 30), (2, 'Ben', NULL, 20), (3, 'Cas', 'ann''s', NULL);
      INSERT INTO seats VALUES (1, 1, 'a'), (1, 2, 'b'), (2, 1, 'c');
    `);
  });
  afterAll(() => backend.close());

  it("are listed in pages, sorted, searched and filtered", async () => {
    const ids = async (query: string) => {
      const { status, body, headers } = await send("GET", `people/records?${query}`);
      return [status, headers.get("content-range"), body.map(({ id }: { id: number }) => id)];
    };
    assertEquals(await ids("sort=id"), [200, "0-2/3", [1, 2, 3]]);
    assertEquals(await ids("sort=id:desc&limit=2"), [206, "0-1/3", [3, 2]]);
    assertEquals(await ids("sort=id&limit=2&offset=2"), [206, "2-2/3", [3]]);
    assertEquals(await ids("search=ANN&sort=id"), [200, "0-1/2", [1, 3]]);
    assertEquals(await ids("search=50%25"), [200, "0-0/1", [1]]);
    assertEquals(await ids("search=_"), [200, "*/0", []]);
    assertEquals(await ids("filterColumn=age&filterValue=20"), [200, "0-0/1", [2]]);
    for (
      const query of ["limit=0", "sort=id:up", "sort=nope", "filterColumn=id", "sort=id:asc:x"]
    ) {
      assertEquals((await send("GET", `people/records?${query}`)).body.error, "INVALID_INPUT");
    }
    assertEquals((await send("GET", "nobody/records")).body.error, "DATABASE_NOT_FOUND");
  });

  it("are looked up by one column or several", async () => {
    const name = async (query: string) => (await send("GET", `${query}`)).body;
    assertEquals((await name("people/records/lookup?column=id&value=2")).name, "Ben");
    assertEquals(await name("people/records/lookup?column=id&value=9"), null);
    const seat = await name("seats/records/lookup?column=x&value=1&column=y&value=2");
    assertEquals(seat.who, "b");
    const uneven = await send("GET", "seats/records/lookup?column=x&column=y&value=1");
    assertEquals(uneven.status, 400);
  });

  it("are made, changed and removed by their whole keys", async () => {
    const made = await send("POST", "people/records", [
      { id: 4, name: "", age: "" },
      { id: 5, data: { a: [1] } },
    ]);
    assertEquals(made.status, 201);
    assertEquals(adminTableRecordsCreateResponseSchema.parse(made.body), [
      { id: 4, name: "", note: null, age: null, data: null },
      { id: 5, name: null, note: null, age: null, data: { a: [1] } },
    ]);
    assertEquals((await send("POST", "people/records", [{ id: 6 }, { id: 1 }])).status, 409);
    assertEquals((await send("GET", "people/records/lookup?column=id&value=6")).body, null);
    const change = (pkKeys: unknown, data: unknown) =>
      send("PATCH", "seats/records", { pkKeys, data });
    assertEquals((await change({ x: 1, y: 2 }, { who: "z" })).body, { x: 1, y: 2, who: "z" });
    assertEquals((await change({ x: 1 }, { who: "z" })).body.error, "INVALID_INPUT");
    assertEquals((await change({ x: 9, y: 9 }, { who: "z" })).body.error, "DATABASE_NOT_FOUND");
    assertEquals((await change({ x: 1, y: 2 }, { nope: "z" })).body.error, "INVALID_INPUT");
    const cleared = await send("PATCH", "people/records", { pkKeys: { id: 1 }, data: { age: "" } });
    assertEquals(cleared.body.age, null);
    const removed = await send("DELETE", "seats/records", {
      pkKeys: [{ x: 1, y: 1 }, { x: 2, y: 1 }, { x: 9, y: 9 }],
    });
    assertEquals(adminTableRecordsDeleteResponseSchema.parse(removed.body), { deletedCount: 2 });
    assertEquals((await send("GET", "seats/records")).body, [{ x: 1, y: 2, who: "z" }]);
  });

  it("come from files of CSV and JSON, all or none", async () => {
    const csv = await upload("p.csv", 'id,name,age\n10,Dan,\n11,"E, F",7\n', { table: "people" });
    assertEquals(bulkUpsertResponseSchema.parse(csv.body).rowsAffected, 2);
    const json = JSON.stringify([{ id: 10, age: 8 }, { id: 12, name: "Gus" }]);
    const merged = await upload("p.json", json, { table: "people", upsertKey: "id" });
    assertEquals([merged.body.rowsAffected, merged.body.totalRecords], [2, 2]);
    const rows = await backend.sql("SELECT id, name, age FROM people WHERE id >= 10 ORDER BY id");
    assertEquals(rows, [
      { id: 10, name: "Dan", age: 8 },
      { id: 11, name: "E, F", age: 7 },
      { id: 12, name: "Gus", age: null },
    ]);
    const refused = [
      await upload("p.json", '[{"id":13},{"id":1}]', { table: "people" }),
      await upload("p.json", '[{"name":"x"}]', { table: "people", upsertKey: "id" }),
      await upload("p.txt", "x", { table: "people" }),
      await upload("p.json", "[]", { table: "people" }),
      await upload("p.json", "{", { table: "people" }),
      await upload("p.csv", "id,name\n1", { table: "people" }),
      await upload("p.json", "[{}]", {}),
    ];
    assertEquals(refused.map(({ status }) => status), [409, 400, 400, 400, 400, 400, 400]);
    assertEquals(await backend.sql("SELECT FROM people WHERE id = 13"), []);
  });

  it("are the owner's alone", async () => {
    const path = `${AREA}/people/records`;
    const { status } = await backend.request("GET", path, undefined, { key: backend.anonKey });
    assertEquals(status, 401);
  });
});
