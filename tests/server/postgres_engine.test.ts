import { assert, assertEquals, assertLess, assertMatch, assertRejects } from "@std/assert";
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import pg from "pg";
import { findPostgres } from "../../src/shared/postgres/programs.ts";
import { EngineMismatch } from "../../src/server/database/open_engine.ts";
import { startBackend, type TestBackend } from "../support/backend.ts";
import { eventually } from "../support/eventually.ts";
import { postgresAt } from "../support/postgres.ts";
import { withFolder } from "../support/temporary.ts";

const rawsql = "/api/database/advance/rawsql";
const engine = {
  kind: "postgres",
  programs: findPostgres({ env: (name) => Deno.env.get(name) }),
} as const;

describe({
  name: "the backend over a PostgreSQL server",
  ignore: !postgresAt(),
  fn() {
    let backend: TestBackend;
    let url: string;
    beforeAll(async () => {
      backend = await startBackend({ engine, postgresPorts: [0], statementTimeout: 60_000 });
      const { body } = await backend.request("GET", "/api/metadata/database-password");
      const { host, port, user, database } = backend.database.engine.address!;
      url = `postgres://${user}:${body.databasePassword}@${host}:${port}/${database}`;
      await backend.sql("CREATE TABLE words (id int PRIMARY KEY, word text)");
    });
    afterAll(() => backend.close());

    it("is not remembered when it never answered", async () => {
      await withFolder(async (dataDir) => {
        const url = "postgres://nobody@127.0.0.1:1/none";
        await assertRejects(() => startBackend({ dataDir, engine: { url } }));
        const again = await startBackend({ dataDir, engine: { kind: "pglite" } });
        assertEquals(again.database.engine.name, "PGlite");
        await again.close({ keep: true });
      });
    });

    it("answers while a long statement runs, and ends it for a client that goes away", async () => {
      const leaving = new AbortController();
      const long = fetch(backend.url + rawsql, {
        method: "POST",
        headers: { authorization: `Bearer ${backend.apiKey}`, "content-type": "application/json" },
        body: JSON.stringify({ query: "SELECT pg_sleep(50)" }),
        signal: leaving.signal,
      }).catch(() => {});
      const sleeping = async () =>
        (await backend.sql(
          "SELECT count(*)::int AS n FROM pg_stat_activity WHERE query = $1 AND state = 'active'",
          { params: ["SELECT pg_sleep(50)"], unrestricted: true },
        ))[0]!.n;
      await eventually(async () => await sleeping() === 1);
      leaving.abort();
      await long;
      await eventually(async () => await sleeping() === 0);
    });

    it("ends a statement by pg_cancel_backend", async () => {
      const long = backend.request("POST", rawsql, { query: "SELECT pg_sleep(51)" });
      await eventually(async () =>
        (await backend.sql(
          "SELECT pg_cancel_backend(pid) AS done FROM pg_stat_activity " +
            "WHERE query = 'SELECT pg_sleep(51)' AND state = 'active'",
          { unrestricted: true },
        )).length === 1
      );
      assertEquals((await long).body.details.sqlstate, "57014");
    });

    it("confines the SQL of its callers", async () => {
      const query = "DO $$ BEGIN EXECUTE 'RESET ROLE'; EXECUTE 'SET ROLE postgres'; END $$";
      const { body } = await backend.request("POST", rawsql, { query });
      assertMatch(body.message, /permission denied to set role "postgres"/);
      const [{ n }] = await backend.sql(
        "SELECT count(*)::int AS n FROM pg_roles r WHERE rolsuper AND pg_has_role(session_user, r.oid, 'MEMBER')",
      ) as [{ n: number }];
      assertEquals(n, 0);
    });

    it("runs triggers of the owner's as nobody else", async () => {
      await backend.sql(
        `CREATE FUNCTION become() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN EXECUTE 'RESET ROLE'; RETURN NEW; END $$;
        CREATE TRIGGER become BEFORE INSERT ON auth.users FOR EACH ROW EXECUTE FUNCTION become()`,
      );
      const { engine } = backend.database;
      const insert = "INSERT INTO auth.users (email) VALUES ($1) RETURNING id";
      await assertRejects(
        () =>
          backend.database.transaction(({ queryAsOwner }) =>
            queryAsOwner(insert, ["a@example.com"])
          ),
        Error,
        'cannot set parameter "role" within security-definer function',
      );
      await backend.sql("DROP TRIGGER become ON auth.users", { unrestricted: true });
      const { rows, rowCount } = await backend.database.transaction(({ queryAsOwner }) =>
        queryAsOwner(insert, ["it's@example.com"])
      );
      assertEquals([rows.length, rowCount, engine.name], [1, 1, "PostgreSQL"]);
    });

    it("keeps migrations and their record in one transaction", async () => {
      const apply = (version: string, sql: string) =>
        backend.request("POST", "/api/database/migrations", { version, name: "n", sql });
      assertEquals((await apply("20260101000000", "CREATE TABLE m (n int)")).status, 201);
      assertEquals((await apply("20260102000000", "CREATE TABLE m (n int)")).status >= 400, true);
      const { body } = await backend.request("GET", "/api/database/migrations");
      assertEquals(body.migrations.length, 1);
    });

    it("brings clients of its own to the same database, notifications included", async () => {
      const heard: string[] = [];
      const stop = await backend.database.engine.listen(
        "news",
        ({ payload }) => heard.push(payload),
      );
      const client = new pg.Client({ connectionString: url });
      await client.connect();
      await client.query("INSERT INTO words VALUES (1, 'seen'); NOTIFY news, 'hello'");
      await eventually(() => heard.length === 1);
      stop();
      assertEquals((await backend.request("GET", "/api/database/records/words")).body, [
        { id: 1, word: "seen" },
      ]);
      await client.end();
    });

    it("has backups of one moment taken as it runs, and stays with its data where one is damaged", async () => {
      const backups = "/api/database/backups";
      await backend.sql("CREATE TABLE written (n int)");
      let isDone = false;
      const writing = (async () => {
        for (let n = 1; !isDone; n++) await backend.sql(`INSERT INTO written VALUES (${n})`);
      })();
      const { body: made } = await backend.request("POST", backups);
      const newest = async () => (await backend.request("GET", backups)).body.backups[0];
      await eventually(async () => (await newest()).status !== "running");
      isDone = true;
      await writing;
      const { id, status, errorMessage } = await newest();
      assertEquals([id, status, errorMessage], [made.id, "completed", null]);
      await backend.sql("INSERT INTO written VALUES (-1)");
      const restore = () => backend.request("POST", `${backups}/${id}/restore`);
      const written = async () =>
        (await backend.sql(
          "SELECT count(*)::int AS n, max(n) AS last FROM written",
        ))[0]!;
      assertEquals((await restore()).status, 200);
      const { n, last } = await written();
      assertEquals(n, last ?? 0);
      await backend.sql("DELETE FROM written; INSERT INTO written VALUES (7)");
      await Deno.remove(`${backend.dataDir}-snapshots/${id}/data/cluster/global/pg_control`);
      assertEquals((await restore()).status, 500);
      assertEquals(await written(), { n: 1, last: 7 });
    });

    it("finds its data again, refuses another engine for them", async () => {
      await backend.close({ keep: true });
      const { dataDir } = backend;
      await assertRejects(
        () => startBackend({ dataDir, engine: { kind: "pglite" } }),
        EngineMismatch,
      );
      const started = performance.now();
      // Which one it was stands in the data directory.
      backend = await startBackend({ dataDir, engine: { programs: engine.programs } });
      assertEquals(await backend.sql("SELECT word FROM words"), [{ word: "seen" }]);
      assert(backend.database.engine.address);
      assertLess(performance.now() - started, 120_000);
    });
  },
});
