import { assertEquals, assertNotEquals, assertRejects } from "@std/assert";
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { CANCELLED } from "../../src/server/database/ended.ts";
import { onDiskUntil } from "../../src/server/database/on_disk.ts";
import { openDatabase } from "../../src/server/database/open.ts";
import { openPglite } from "../../src/server/database/pglite.ts";
import { PostgresError } from "../../src/server/database/postgres_error.ts";
import { SyncedFiles } from "../../src/server/database/synced_files.ts";
import { PGLITE, startBackend, type TestBackend } from "../support/backend.ts";
import { eventually } from "../support/eventually.ts";
import { withFolder } from "../support/temporary.ts";

/** Longer than the server waits for a request before it vacuums. */
const IDLE_MS = 1500;

it("a vacuum ends once somebody waits, and what follows does not", async () => {
  await withFolder(async (folder) => {
    const files = new SyncedFiles();
    const database = await openDatabase(`${folder}/postgres`, files, openPglite(files));
    const { session } = database;
    const sql = (text: string) => session.run({ sql: text });
    await sql(
      "CREATE TABLE public.t (n int, filler text); INSERT INTO public.t " +
        "SELECT g, repeat('x', 900) FROM generate_series(1, 5000) g; DELETE FROM public.t",
    );
    const vacuum = () => database.runUntil(() => true, "VACUUM public.t");
    const { fields } = await assertRejects(vacuum, PostgresError);
    assertEquals(fields.sqlstate, CANCELLED.sqlstate);
    await sql("SELECT count(*) FROM public.t");
    // One that ends before PostgreSQL looks takes nothing of the next one.
    await sql("BEGIN; INSERT INTO public.t VALUES (1)");
    await database.runUntil(() => true, "COMMIT");
    await sql("VACUUM public.t");
    await database.close();
  });
});

it("a new database is on the disk once it is closed", async () => {
  await withFolder(async (folder) => {
    const files = new SyncedFiles();
    const database = await openDatabase(`${folder}/postgres`, files, openPglite(files));
    assertEquals(onDiskUntil(`${folder}/postgres`), 0);
    await database.close();
    assertNotEquals(onDiskUntil(`${folder}/postgres`), 0);
  });
});

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

  it("passes over a table whose index has a function that fails", async () => {
    await backend.sql(`
      CREATE TABLE odd (n int);
      CREATE FUNCTION fails(n int) RETURNS int IMMUTABLE LANGUAGE plpgsql
        AS $f$ BEGIN RETURN 1 / (n - 500); END $f$;
      INSERT INTO odd SELECT g FROM generate_series(1, 400) g;
      CREATE INDEX ON odd (fails(n));
      CREATE OR REPLACE FUNCTION fails(n int) RETURNS int IMMUTABLE LANGUAGE plpgsql
        AS $f$ BEGIN RETURN 1 / (n - n); END $f$;
      CREATE TABLE after (n int, filler text);
      INSERT INTO after SELECT g, repeat('x', 500) FROM generate_series(1, 1000) g;
      DELETE FROM after WHERE n % 2 = 0`);
    const isVacuumed = async () => {
      const [found] = await backend.sql(
        "SELECT last_vacuum IS NOT NULL AS done FROM pg_stat_user_tables WHERE relname = 'after'",
      );
      return found!.done;
    };
    await eventually(isVacuumed, { betweenMs: IDLE_MS });
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
