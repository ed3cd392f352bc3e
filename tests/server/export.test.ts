import { assertEquals, assertMatch } from "@std/assert";
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { exportResponseSchema, importResponseSchema } from "@insforge/shared-schemas";
import { startBackend, type TestBackend } from "../support/backend.ts";
import { richSchema } from "../support/rich_schema.ts";

let backend: TestBackend;

const exported = (body: unknown) => backend.request("POST", "/api/database/advance/export", body);

async function imported(text: string, { name = "i.sql", truncate = "false" } = {}) {
  const form = new FormData();
  form.append("file", new File([text], name));
  form.append("truncate", truncate);
  return await backend.request("POST", "/api/database/advance/import", form);
}

describe("the backend's own export", () => {
  beforeAll(async () => {
    backend = await startBackend();
    await backend.sql(richSchema(1500));
  });
  afterAll(() => backend.close());

  it("is SQL, and names the tables of which the limit left rows out", async () => {
    const { status, body } = await exported({});
    assertEquals(status, 200);
    assertEquals(body.format, "sql");
    assertEquals(body.truncatedTables, ["nokey", "posts"]);
    assertEquals(body.rowLimit, 1000);
    assertMatch(body.data, /CREATE TABLE IF NOT EXISTS posts \(/);
    const cut = (await exported({ tables: ["users"], rowLimit: 2 })).body;
    assertEquals(cut.data.match(/INSERT INTO/g).length, 2);
    assertMatch(cut.data, /2 of 3 rows/);
  });

  it("has the shape of the contract as JSON", async () => {
    const all = { includeFunctions: true, includeSequences: true, includeViews: true };
    const { body } = await exported({ format: "json", rowLimit: 10_000, ...all });
    const { data } = exportResponseSchema.parse(body);
    if (typeof data === "string") throw new Error("JSON was asked for");
    assertEquals(data.tables.posts?.rows?.length, 1200);
    assertEquals(data.views.map(({ viewName }) => viewName), ["titles"]);
    assertEquals(data.sequences.some(({ sequenceName }) => sequenceName === "lonely"), true);
    assertEquals(data.functions.some(({ functionName }) => functionName === "touch"), true);
    const schemaOnly = (await exported({ format: "json", includeData: false })).body;
    assertEquals(schemaOnly.data.tables.posts.rows, []);
    assertEquals(schemaOnly.truncatedTables, undefined);
  });

  it("refuses limits beyond 10,000 and unknown tables", async () => {
    assertEquals((await exported({ rowLimit: 20_000 })).status, 400);
    const { status, body } = await exported({ tables: ["nope"] });
    assertEquals([status, body.error, body.message], [
      400,
      "DATABASE_VALIDATION_ERROR",
      'relation "nope" does not exist',
    ]);
  });
});

describe("the backend's import", () => {
  beforeAll(async () => void (backend = await startBackend()));
  afterAll(() => backend.close());

  it("counts the rows and tables of a file", async () => {
    const { status, body } = await imported(
      "CREATE TABLE imp(id int); INSERT INTO imp VALUES (1),(2);",
    );
    assertEquals(status, 200);
    const { message: _, ...answer } = importResponseSchema.parse(body);
    assertEquals(answer, {
      success: true,
      filename: "i.sql",
      tables: ["imp"],
      rowsImported: 2,
      fileSize: 57,
    });
  });

  it("is undone as a whole when a statement fails", async () => {
    const { status, body } = await imported(
      "INSERT INTO imp VALUES (3);\nINSERT INTO nope VALUES (1);",
    );
    assertEquals([status, body.error, body.details.line], [400, "INVALID_INPUT", 2]);
    assertEquals(body.message, 'Import failed: relation "nope" does not exist');
    assertEquals((await backend.sql("SELECT * FROM imp")).length, 2);
  });

  it("can empty every table first", async () => {
    assertEquals((await imported("SELECT 1", { truncate: "true" })).status, 200);
    assertEquals(await backend.sql("SELECT * FROM imp"), []);
    assertEquals((await imported("SELECT 1", { truncate: "maybe" })).status, 500);
  });

  it("refuses other files, guarded statements, and a form without a file", async () => {
    const wrong = await imported("x", { name: "i.bin" });
    assertEquals([wrong.status, wrong.body.message], [400, "Only .sql/.txt files are allowed"]);
    assertEquals((await imported("SET search_path = a")).status, 403);
    const empty = await backend.request("POST", "/api/database/advance/import", new FormData());
    assertEquals([empty.status, empty.body.message], [400, "SQL file is required"]);
  });

  it("keeps no setting of an import for the next request", async () => {
    await imported("SET check_function_bodies = false;");
    assertEquals(await backend.sql("SHOW check_function_bodies"), [{
      check_function_bodies: "on",
    }]);
  });
});
