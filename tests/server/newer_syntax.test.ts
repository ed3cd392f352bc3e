import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { parseStatements } from "../../src/server/database/statements.ts";
import { PGLITE, startBackend, type TestBackend } from "../support/backend.ts";
import { runInProcess } from "../support/in_process.ts";

const newerOf = async (sql: string) =>
  (await parseStatements(sql)).flatMap(({ newer = [] }) => newer.map(({ what }) => what));

describe("what PostgreSQL 15 does not take", () => {
  const cases: [sql: string, newer: string[]][] = [
    [
      "CREATE TABLE t (a int, b int GENERATED ALWAYS AS (a * 2) VIRTUAL)",
      ["GENERATED … VIRTUAL (18)"],
    ],
    [
      "MERGE INTO t USING s ON t.a = s.a WHEN MATCHED THEN DELETE RETURNING t.a",
      ["MERGE … RETURNING (17)"],
    ],
    [
      "MERGE INTO t USING s ON t.a = s.a WHEN NOT MATCHED BY SOURCE THEN DELETE",
      ["WHEN NOT MATCHED BY SOURCE (17)"],
    ],
    [
      "SELECT * FROM JSON_TABLE('[]'::jsonb, '$[*]' COLUMNS (a int PATH '$'))",
      ["JSON_TABLE (17)"],
    ],
    ["SELECT uuidv7(), any_value(x) FROM t", ["any_value() (16)", "uuidv7() (18)"]],
    ["SELECT 'ü', 1_000, 0x1F, 0b10", ["0b10 (16)", "0x1F (16)", "1_000 (16)"]],
    ["SELECT JSON_VALUE(j, '$.a'), j IS JSON FROM t", ["IS JSON (16)", "JSON_VALUE (17)"]],
    ["UPDATE t SET a = 1 RETURNING old.a, new.a", ["RETURNING old or new (18)"]],
    ["SELECT * FROM (SELECT 1)", ["a subquery of FROM without a name (16)"]],
    ["ALTER TABLE t ALTER c SET EXPRESSION AS (a)", ['syntax error at or near "EXPRESSION"']],
    ["GRANT a TO b WITH INHERIT TRUE", ['syntax error at or near "INHERIT"']],
    ["SELECT now() AT LOCAL", ['syntax error at or near "LOCAL"']],
    ["UPDATE t SET a = 1 RETURNING WITH (OLD AS o) o.a", ['syntax error at or near "WITH"']],
  ];
  for (const [sql, newer] of cases) {
    it(sql, async () => assertEquals(await newerOf(sql), newer));
  }

  it("is not what 15 takes", async () => {
    const old = [
      "CREATE TABLE t (a int, b int GENERATED ALWAYS AS (a * 2) STORED)",
      "MERGE INTO t USING s ON t.a = s.a WHEN MATCHED THEN DELETE",
      "SELECT json_object('{a,1}'), json_build_object('a', 1), gen_random_uuid(), 1000, '1_000'",
      "SELECT * FROM (SELECT 1) AS s; UPDATE t SET a = 1 RETURNING a",
      'SELECT my.any_value(1), "1_000" FROM t',
      "CREATE INDEX ON t (a) INCLUDE (b) NULLS NOT DISTINCT; VACUUM t; GRANT SELECT ON t TO u",
    ];
    for (const sql of old) assertEquals(await newerOf(sql), [], sql);
  });

  describe("is told", () => {
    let backend: TestBackend;
    let cwd: string;
    beforeAll(async () => {
      backend = await startBackend({ engine: PGLITE });
      cwd = await Deno.makeTempDir({ prefix: "insforge-test-" });
      await Deno.mkdir(`${cwd}/migrations`);
      await Deno.writeTextFile(`${cwd}/migrations/1_ids.sql`, "SELECT 1;\n\nSELECT uuidv7();");
      await Deno.writeTextFile(`${cwd}/dump.sql`, "CREATE TABLE d (a int);\nSELECT 1_0;");
    });
    afterAll(async () => {
      await backend.close();
      await Deno.remove(cwd, { recursive: true });
    });

    const run = (...args: string[]) =>
      runInProcess(args, {
        cwd,
        env: { INSFORGE_BASE_URL: backend.url, INSFORGE_API_KEY: backend.apiKey },
      });

    it("with its place among several, and to those alone that ask", async () => {
      const ask = async (headers: Record<string, string>) => {
        const body = { query: "SELECT 1;\nSELECT uuidv7()" };
        const path = "/api/database/advance/rawsql";
        return (await backend.request("POST", path, body, { headers })).body.warnings;
      };
      assertEquals(await ask({ prefer: "results=all" }), [
        { line: 2, statement: 2, what: ["uuidv7() (18)"] },
      ]);
      assertEquals(await ask({}), undefined);
    });

    it("not of functions that the project has under the same name", async () => {
      const own = "CREATE FUNCTION any_value(t text[]) RETURNS text LANGUAGE sql AS 'SELECT t[1]';";
      await Deno.writeTextFile(`${cwd}/own.sql`, `${own}\nSELECT any_value('{a}'::text[]);`);
      assertEquals((await run("db", "import", "own.sql")).stderr, "");
      const { stderr } = await run("db", "query", "SELECT any_value('{a}'::text[]), uuidv7()");
      assertMatch(stderr, /^Warning: [^\n]* this: uuidv7\(\) \(18\)\.\n$/);
      const builtIn = await run("db", "query", "SELECT pg_catalog.any_value(1)");
      assertMatch(builtIn.stderr, /any_value\(\) \(16\)/);
      await run("db", "query", "DROP FUNCTION any_value(text[])");
    });

    it("once a statement, by what runs SQL", async () => {
      const sql = "SELECT 1_000 AS n; SELECT 2; SELECT uuidv7() IS NOT NULL AS made";
      const { code, stdout, stderr } = await run("db", "query", sql);
      assertEquals(code, 0);
      assertStringIncludes(stdout, "1000");
      assertMatch(stderr, /^Warning: InsForge runs PostgreSQL 15.*1_000.*\nWarning: .*uuidv7.*\n$/);
      const asJson = await run("db", "query", "SELECT 1_000 AS n", "--json");
      assertEquals(JSON.parse(asJson.stdout).warnings, undefined);
      assertStringIncludes(JSON.parse(asJson.stderr).warning, "1_000 (16)");
      assertStringIncludes(
        (await run("db", "migrations", "up")).stderr,
        "migrations/1_ids.sql, line 3: InsForge runs",
      );
      assertMatch(
        (await run("db", "import", "dump.sql")).stderr,
        /Warning: dump\.sql, line 2: InsForge runs .*1_0 \(16\)/,
      );
      assertEquals((await run("db", "query", "SELECT 1")).stderr, "");
    });
  });
});
