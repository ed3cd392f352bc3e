import { assertEquals } from "@std/assert";
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { PGLITE, startBackend, type TestBackend } from "../support/backend.ts";
import { eventually } from "../support/eventually.ts";

/** Longer than the server waits for a request before it vacuums. */
const IDLE_MS = 1500;

describe("upkeep", () => {
  let backend: TestBackend;
  beforeAll(async () => {
    backend = await startBackend({ engine: PGLITE });
  });
  afterAll(() => backend.close());

  it("vacuums and analyzes what has changed, once it is idle", async () => {
    await backend.sql(
      "CREATE TABLE t AS SELECT g AS n FROM generate_series(1, 5000) g; UPDATE t SET n = n + 1",
    );
    const facts = "SELECT last_vacuum IS NOT NULL AS vacuumed, reltuples " +
      "FROM pg_stat_user_tables s JOIN pg_class c ON c.oid = s.relid WHERE s.relname = 't'";
    const isVacuumed = async () => (await backend.sql(facts))[0]!.vacuumed;
    await eventually(isVacuumed, { betweenMs: IDLE_MS });
    assertEquals((await backend.sql(facts))[0]!.reltuples, 5000);
  });

  it("keeps the write-ahead log short", async () => {
    const logBytes = () => {
      const folder = `${backend.dataDir}/postgres/pg_wal`;
      const files = [...Deno.readDirSync(folder)].filter(({ isFile }) => isFile);
      return files.reduce((sum, { name }) => sum + Deno.statSync(`${folder}/${name}`).size, 0);
    };
    await backend.sql("CREATE TABLE filler (t text)");
    for (let round = 0; round < 5; round++) {
      await backend.sql(
        "INSERT INTO filler SELECT repeat(md5(g::text), 60) FROM generate_series(1, 30000) g",
      );
      await backend.sql("TRUNCATE filler");
    }
    await eventually(async () => {
      await backend.sql("SELECT 1");
      return logBytes() < 128 * 1024 * 1024;
    });
  });
});
