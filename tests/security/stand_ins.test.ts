/**
 * SQL of the project's owner that puts something of its own in the place of what the server's SQL
 * names or reads: catalogs, types, functions, letters, proofs.
 */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import type { EngineWish } from "../../src/server/database/engine_options.ts";
import { findPostgres } from "../../src/shared/postgres/programs.ts";
import { startBackend, type TestBackend } from "../support/backend.ts";
import { postgresAt } from "../support/postgres.ts";

/** What only the superuser can do. */
const act = "CREATE TABLE IF NOT EXISTS system.taken ()";
/** A function that does it once it runs as the superuser. */
const trap = (head: string, value: string) => `
  CREATE FUNCTION ${head} LANGUAGE plpgsql AS $x$ BEGIN
    IF current_user = 'postgres' THEN ${act}; END IF;
    RETURN ${value};
  END $x$`;

/** The catalogs that say what a managed table is like. */
const CATALOGS = [
  "pg_attrdef",
  "pg_attribute",
  "pg_class",
  "pg_constraint",
  "pg_database",
  "pg_depend",
  "pg_index",
  "pg_inherits",
  "pg_shdepend",
  "pg_statistic_ext",
  "pg_trigger",
];

const ENGINES: readonly EngineWish[] = [
  { kind: "pglite" },
  ...postgresAt()
    ? [{
      kind: "postgres" as const,
      programs: findPostgres({ env: (name) => Deno.env.get(name) }),
    }]
    : [],
];

for (const engine of ENGINES) {
  describe(`what stands in for PostgreSQL's own, on ${engine.kind}`, () => {
    let backend: TestBackend;
    let migrations = 0;

    beforeAll(async () => {
      backend = await startBackend({ engine });
      await backend.sql(trap("public.checked(anyelement) RETURNS bool", "true"));
      await backend.sql(trap("public.list() RETURNS text[]", "'{}'"));
      await backend.sql("INSERT INTO realtime.channels (pattern) VALUES ('x')");
    });
    afterAll(() => backend.close());

    const send = (query: string) =>
      backend.request("POST", "/api/database/advance/rawsql", { query });
    const migrate = (sql: string) =>
      backend.request("POST", "/api/database/migrations", {
        version: `2026010100000${migrations++}`,
        name: "m",
        sql,
      });
    async function assertNothingTaken(): Promise<void> {
      assertEquals(await backend.sql("SELECT to_regclass('system.taken') AS made"), [
        { made: null },
      ]);
    }

    it("a temporary table of roles lets nobody make a job for the superuser", async () => {
      const { status, body } = await send(
        `CREATE TEMP TABLE pg_roles (rolname name, rolsuper bool);
         INSERT INTO pg_roles VALUES (current_user, true);
         INSERT INTO cron.job (schedule, command, username) VALUES ('1 second', '${act}', 'postgres')`,
      );
      assertEquals([status, body.details.sqlstate], [403, "42501"], JSON.stringify(body));
      assertEquals(await backend.sql("SELECT FROM cron.job"), []);
    });

    it("temporary catalogs of before do not hide a change of a managed table", async () => {
      const copies = await Promise.all(CATALOGS.map(async (name) => {
        const [{ columns }] = await backend.sql(
          `SELECT string_agg(attname, ', ') AS columns FROM pg_attribute
           WHERE attrelid = 'pg_catalog.${name}'::regclass AND attnum > 0 AND atttypid <> 'anyarray'::regtype`,
        ) as [{ columns: string }];
        return `CREATE TEMP TABLE ${name} AS SELECT ${columns} FROM pg_catalog.${name}`;
      }));
      const { status, body } = await send(
        `${copies.join(";")}; GRANT TRIGGER ON storage.objects TO project_admin`,
      );
      assertEquals([status, body.details.sqlstate], [403, "42501"], JSON.stringify(body));
    });

    it("functions of the server's look into pg_temp last", async () => {
      const hasty = await backend.sql(`SELECT oid::regprocedure::text AS name FROM pg_proc
        WHERE pronamespace IN ('system'::regnamespace, 'realtime'::regnamespace)
          AND EXISTS (SELECT FROM unnest(proconfig) AS setting
            WHERE setting LIKE 'search_path=%' AND setting NOT LIKE '%, pg_temp')`);
      assertEquals(hasty, []);
    });

    it("a temporary domain is no type of what runs as the superuser", async () => {
      for (const type of ["uuid", "text", "jsonb", "timestamptz", "regclass"]) {
        const domain =
          `CREATE DOMAIN pg_temp.${type} AS pg_catalog.${type} CHECK (public.checked(VALUE))`;
        for (
          const { status, body } of [
            await send(`${domain}; SELECT realtime.publish('x', 'y', '{}')`),
            await migrate(domain),
          ]
        ) {
          assert(status === 200 || status === 201, JSON.stringify(body));
        }
      }
      await assertNothingTaken();
    });

    it("letters of another encoding close no string of the server's", async () => {
      // PGlite knows UTF-8 alone.
      if (engine.kind !== "postgres") return;
      // In GBK the last byte of 中 and a backslash are one letter.
      await migrate(
        `SET LOCAL client_encoding = 'GBK'; SET LOCAL backslash_quote = 'on';
         SELECT $$中"}中'::text[] || public.list()) --$$`,
      );
      await assertNothingTaken();
    });

    it("what a statement of the server's was proved with proves no other", async () => {
      if (engine.kind !== "postgres") return;
      const [{ secret }] = await backend.sql("SELECT secret FROM system.engine_secret", {
        unrestricted: true,
      }) as [{ secret: string }];
      const { status } = await send(`SELECT system.run_own('${secret}', 'SELECT 1')`);
      assertEquals(status, 403);
    });

    it("what is put off again and again never runs as the server commits", async () => {
      await backend.sql(
        `CREATE TABLE public.first (n int); CREATE TABLE public.second (n int);
         CREATE FUNCTION public.last() RETURNS trigger LANGUAGE plpgsql AS $x$ BEGIN
           IF current_user = 'postgres' THEN ${act}; END IF; RETURN NULL; END $x$;
         CREATE FUNCTION public.again() RETURNS trigger LANGUAGE plpgsql AS $x$ BEGIN
           SET CONSTRAINTS ALL DEFERRED; INSERT INTO public.second VALUES (1); RETURN NULL; END $x$;
         CREATE FUNCTION public.begun() RETURNS trigger LANGUAGE plpgsql AS $x$ BEGIN
           INSERT INTO public.first VALUES (1); RETURN NULL; END $x$;
         CREATE CONSTRAINT TRIGGER again AFTER INSERT ON public.first
           DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION public.again();
         CREATE CONSTRAINT TRIGGER last AFTER INSERT ON public.second
           DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION public.last()`,
      );
      const user = { email: "deferred@example.com", password: "secret-pass-1" };
      await backend.request("POST", "/api/auth/users", user);
      const verify = () =>
        backend.database.transaction(async ({ queryAsOwner }) => {
          const { rows } = await queryAsOwner(
            "UPDATE auth.users SET email_verified = true WHERE email = $1 RETURNING id",
            [user.email],
          );
          return rows.length;
        });
      await backend.sql(
        `CREATE TRIGGER begun AFTER UPDATE ON auth.users FOR EACH ROW EXECUTE FUNCTION public.begun()`,
      );
      // Where it cannot be told whose it is, it is refused.
      await verify().catch((error) =>
        assertStringIncludes(error.message, "puts off to the commit")
      );
      await assertNothingTaken();
      await backend.sql("DROP TRIGGER again ON public.first");
      assertEquals(await verify(), 1);
    });

    it("functions that fit better are not called as the next server starts", async () => {
      for (const [types, values] of [["text, oid", "$1, $2"], ["text, name", "$1, $2"]]) {
        await backend.sql(
          trap(`public.format(${types}) RETURNS text`, `pg_catalog.format(${values})`),
        );
      }
      await backend.close({ keep: true });
      backend = await startBackend({ engine, dataDir: backend.dataDir });
      await assertNothingTaken();
    });
  });
}
