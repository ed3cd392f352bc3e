import { assertEquals, assertMatch, assertRejects, assertStringIncludes } from "@std/assert";
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import type { QueryResult } from "../../../src/client/backend/database.ts";
import { runQuery } from "../../../src/commands/db/query.ts";
import { FileError, HttpError, UsageError } from "../../../src/core/errors.ts";
import { startBackend, type TestBackend } from "../../support/backend.ts";
import { testContext, type TestContextOptions } from "../../support/context.ts";
import { withFolder } from "../../support/temporary.ts";

let backend: TestBackend;

const open = (more: Partial<TestContextOptions> = {}) =>
  testContext({
    cwd: "/",
    env: { INSFORGE_BASE_URL: backend.url, INSFORGE_API_KEY: backend.apiKey },
    ...more,
  });

const failing = (sql: string) => assertRejects(() => runQuery(open().context, {}, sql), HttpError);

describe("db query", () => {
  beforeAll(async () => void (backend = await startBackend()));
  afterAll(() => backend.close());

  it("R52: keeps NULL, big numbers, JSON and dates as they are", async () => {
    const { context, show } = open();
    const sql = `SELECT NULL AS nothing, 9007199254740993::int8 AS big, 0.10::numeric AS exact,
      '{"a": [1]}'::jsonb AS document, '2026-01-02T03:04:05Z'::timestamptz AS moment`;
    const result = await runQuery(context, {}, sql);
    assertEquals((result.data as { rows: unknown[] }).rows, [{
      nothing: null,
      big: "9007199254740993",
      exact: "0.10",
      document: { a: [1] },
      moment: "2026-01-02T03:04:05.000Z",
    }]);
    const text = await show(result);
    for (const value of ["NULL", "9007199254740993", "0.10", '{"a":[1]}', "2026-01-02T03:04:05"]) {
      assertStringIncludes(text, value);
    }
  });

  it("R52: keeps numbers inside of JSON as they stand", async () => {
    const { context, show } = open();
    for (const kind of ["json", "jsonb"]) {
      const json = '{"a":12345678901234567890,"b":1.0,"c":[1.50,-0.10]}';
      const result = await runQuery(context, {}, `SELECT '${json}'::${kind} AS j`);
      assertStringIncludes(JSON.stringify(result.data), json);
      assertStringIncludes(await show(result), json);
    }
  });

  it("shows what each of several statements answered", async () => {
    const { context, show } = open();
    const sql = "CREATE TABLE several (a int); INSERT INTO several VALUES (1), (2);\n" +
      "SELECT a FROM several ORDER BY a; SELECT count(*) FROM several;";
    const result = await runQuery(context, {}, sql);
    const { rows, rowCount, results } = result.data as QueryResult;
    assertEquals([rows, rowCount], [[{ count: "2" }], 1]);
    assertEquals(results!.at(-2)!.rows, [{ a: 1 }, { a: 2 }]);
    const text = await show(result);
    assertMatch(text, /^Done: 2 statements, 2 rows affected\.\na\n─\n1\n2\n\(2 rows\)\ncount\n/);
  });

  it("says that the statements before one that fails were carried out", async () => {
    const { context, err } = open();
    const sql = "CREATE TABLE kept (a int);\nSELECT a FROM kept;\nSELECT nope FROM kept";
    const error = await assertRejects(() => runQuery(context, {}, sql), HttpError);
    assertStringIncludes(error.excerpt!, "LINE 3: SELECT nope FROM kept");
    assertMatch(err(), /The statements before this one were carried out/);
    await runQuery(context, {}, "SELECT a FROM kept");
  });

  it("carries nothing out of several statements that do not all parse", async () => {
    const error = await failing("CREATE TABLE unparsed (a int);\nSELECT 1;\nSELECT * FORM x");
    assertMatch(error.excerpt!, /^LINE 3: SELECT \* FORM x\n/);
    assertMatch((await failing("SELECT * FROM unparsed")).message, /does not exist/);
  });

  it("names the statement that failed, where no position does", async () => {
    const error = await failing(
      "CREATE TABLE divided (a int);\nINSERT INTO divided\n VALUES (1/0);",
    );
    assertEquals(error.excerpt, "Statement on line 2: INSERT INTO divided VALUES (1/0)");
    assertEquals((await failing("SELECT 1/0")).excerpt, undefined);
  });

  it("says what takes COPY with its rows, and whose a table is", async () => {
    const copy = await failing("COPY t FROM STDIN;\n1\n\\.\n");
    assertMatch(copy.hint!, /insforge db import FILE/);
    assertMatch((await failing("COPY t FROM STDIN")).hint!, /insforge db import FILE/);
    assertMatch((await failing("DROP TABLE auth.users")).hint!, /belongs to another role/);
  });

  it("says what an index's function has to name by its schema, as it runs elsewhere", async () => {
    await backend.sql(`CREATE TABLE indexed (n int);
      INSERT INTO indexed VALUES (1);
      CREATE FUNCTION inner_of(n int) RETURNS int IMMUTABLE LANGUAGE sql AS 'SELECT n';
      CREATE FUNCTION outer_of(n int) RETURNS int IMMUTABLE LANGUAGE plpgsql
        AS 'BEGIN RETURN inner_of(n); END'`);
    const index = "CREATE INDEX ON indexed";
    for (const sql of [`${index} (outer_of(n))`, `${index} (n); ${index} (outer_of(n))`]) {
      const { hint, excerpt = "" } = await failing(sql);
      assertStringIncludes(hint!, "write public.inner_of");
      assertEquals(excerpt.includes("explicit type casts"), false);
    }
    assertEquals((await failing(`${index} (nothing_of(n))`)).hint, undefined);
  });

  it("keeps several statements of a linked local backend in one transaction", async () => {
    await withFolder(async (cwd) => {
      await Deno.mkdir(`${cwd}/.insforge`);
      const link = { project_id: "local", region: "local", appkey: "local", org_id: "local" };
      await Deno.writeTextFile(
        `${cwd}/.insforge/project.json`,
        JSON.stringify({ ...link, api_key: backend.apiKey, oss_host: backend.url }),
      );
      const { context } = testContext({ cwd });
      const sql = "CREATE TABLE undone (a int); SELECT 1 AS one; SELECT 1/0";
      await assertRejects(() => runQuery(context, {}, sql), HttpError);
      await assertRejects(() => runQuery(context, {}, "SELECT * FROM undone"), HttpError);
      const result = await runQuery(context, {}, "SELECT 1 AS one; SELECT 2 AS two");
      const { results } = result.data as QueryResult;
      assertEquals(results!.map(({ rows }) => rows), [[{ one: 1 }], [{ two: 2 }]]);
    });
  });

  it("shows the columns of a result without rows", async () => {
    const { context, show } = open();
    const text = await show(await runQuery(context, {}, "SELECT 1 AS a, 2 AS b WHERE false"));
    assertEquals(text, "No rows. Columns: a, b.\n");
  });

  it("marks the place of an error, with SQLSTATE", async () => {
    const error = await failing("SELECT 1,\n  'ü', nope\nFROM pg_class");
    assertStringIncludes(error.message, "SQLSTATE 42703");
    assertEquals(error.excerpt, ["LINE 2:   'ü', nope", "               ^"].join("\n"));
    assertEquals(error.exitCode, 1);
  });

  it("gives no hint that stands for the status alone", async () => {
    assertEquals((await failing("selec 1")).hint, undefined);
  });

  it("ends with 1 on text that does not parse, although that is answered with 403", async () => {
    const error = await failing("SELEC 1");
    assertEquals([error.status, error.exitCode], [403, 1]);
    assertStringIncludes(error.excerpt!, "^");
  });

  it("ends with 5 on what is forbidden", async () => {
    assertEquals((await failing("CREATE ROLE someone")).exitCode, 5);
  });

  it("shows what PostgreSQL adds in detail", async () => {
    await backend.sql("CREATE TABLE once (id int PRIMARY KEY); INSERT INTO once VALUES (1)");
    const error = await failing("INSERT INTO once VALUES (1)");
    assertEquals([error.status, error.code], [409, "DATABASE_DUPLICATE"]);
    assertStringIncludes(error.excerpt!, "Detail: Key (id)=(1) already exists.");
  });

  it("takes SQL from one source only, and not what is empty or no text", async () => {
    await withFolder(async (cwd) => {
      await Deno.writeFile(`${cwd}/binary.sql`, new Uint8Array([0xff, 0xfe, 0x00]));
      const { context } = open({ cwd });
      await assertRejects(() => runQuery(context, {}), UsageError, "no SQL");
      await assertRejects(() => runQuery(context, {}, "  \n"), UsageError, "empty");
      await assertRejects(() => runQuery(context, { file: "a" }, "SELECT 1"), UsageError, "both");
      await assertRejects(() => runQuery(context, { file: "binary.sql" }), FileError, "UTF-8");
      await assertRejects(() => runQuery(context, { file: "none.sql" }), FileError, "none.sql");
    });
  });
});
