import { assertEquals } from "@std/assert";
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { startBackend, type TestBackend } from "../support/backend.ts";

const COUNT = 210;

describe("a schema of many tables", () => {
  let backend: TestBackend;
  beforeAll(async () => {
    // One statement makes them all, which a busy machine may take a minute for.
    backend = await startBackend({ statementTimeout: 600_000 });
    await backend.sql(
      `DO $$ BEGIN FOR n IN 1..${COUNT} LOOP EXECUTE format(
         'CREATE TABLE t%1$s (id int PRIMARY KEY, t%1$s text UNIQUE, other int REFERENCES t%2$s)',
         n, greatest(n - 1, 1)); END LOOP; END $$;
       CREATE POLICY own ON t7 USING (id = 7); INSERT INTO t7 VALUES (7, 'seven')`,
    );
  });
  afterAll(() => backend.close());

  it("is exported with each table's own facts", async () => {
    const { body } = await backend.request("POST", "/api/database/advance/export", {
      format: "json",
      includeData: true,
    });
    const { tables } = body.data;
    assertEquals(Object.keys(tables).length, COUNT);
    for (const name of ["t1", "t7", `t${COUNT}`]) {
      const alone = await backend.request("GET", `/api/metadata/${name}`);
      const { rows, ...described } = tables[name];
      const { rows: none, ...expected } = alone.body[name];
      assertEquals(described, expected);
      assertEquals(rows, name === "t7" ? [{ id: 7, t7: "seven", other: null }] : none);
      assertEquals(described.schema[1].columnName, name);
    }
  });

  it("is counted table by table", async () => {
    const { body } = await backend.request("GET", "/api/metadata");
    const { tables } = body.database;
    const counted = tables.filter((table: { recordCount: number }) => table.recordCount > 0);
    assertEquals([tables.length, counted], [COUNT, [{ tableName: "t7", recordCount: 1 }]]);
  });

  it("has room for the locks of 10,000 tables and their indexes", async () => {
    const locks = "SELECT count(pg_advisory_xact_lock(n)) AS n FROM generate_series(1, 30000) n";
    assertEquals(await backend.sql(locks), [{ n: "30000" }]);
  });
});
