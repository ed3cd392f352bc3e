/**
 * SQL of the project's owner and of visitors that tries to become the superuser of the local
 * database.
 */
import { assert, assertEquals } from "@std/assert";
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { startBackend, type TestBackend } from "../support/backend.ts";

const rawsql = "/api/database/advance/rawsql";

/** What only the superuser can do, and what is looked for afterwards. */
const act = "CREATE TABLE IF NOT EXISTS system.taken ()";
const run = (sql: string) => `DO $x$ BEGIN EXECUTE $y$${sql}$y$; ${act}; END $x$`;
/** A function that does it once it runs as the superuser, and nothing before. */
const trap = (head: string, value: string) => `
  CREATE OR REPLACE FUNCTION ${head} LANGUAGE plpgsql AS $x$ BEGIN
    IF current_user = 'postgres' THEN ${act}; END IF;
    RETURN ${value};
  END $x$`;

/** By what they try; several statements are several requests. A refusal is fine at any of them. */
const escapes: Record<string, string | string[]> = {
  "RESET ROLE in DO": run("RESET ROLE"),
  "SET ROLE in DO": run("SET ROLE postgres"),
  "SET ROLE NONE in DO": run("SET ROLE NONE"),
  "SET LOCAL ROLE in DO": run("SET LOCAL ROLE postgres"),
  "SET SESSION AUTHORIZATION in DO": run("SET SESSION AUTHORIZATION postgres"),
  "SET SESSION AUTHORIZATION DEFAULT in DO": run("SET SESSION AUTHORIZATION DEFAULT"),
  "RESET SESSION AUTHORIZATION in DO": run("RESET SESSION AUTHORIZATION"),
  "DISCARD ALL in DO": run("DISCARD ALL"),
  "RESET ALL in DO": run("RESET ALL"),
  "an escaped name of set_config": `SELECT U&"set\\005fconfig"('role', 'postgres', false); ${act}`,
  "set_config put together": `DO $x$ BEGIN
    EXECUTE 'SELECT set_' || 'config(''role'', ''none'', false)'; ${act}; END $x$`,
  "query_to_xml":
    `SELECT query_to_xml(convert_from('\\x534554204c4f43414c20524f4c45204e4f4e45', 'UTF8'), true, true, ''); ${act}`,
  "query_to_xml with set_config":
    `SELECT query_to_xml('SELECT set_' || 'config(''role'',''none'',true)', true, true, ''); ${act}`,
  "ts_stat":
    `SELECT * FROM ts_stat('SELECT set_' || 'config(''role'',''none'',true)::tsvector'); ${act}`,
  "ts_rewrite":
    `SELECT ts_rewrite('a', 'SELECT ''a''::tsquery, set_' || 'config(''role'',''none'',true)::tsquery'); ${act}`,
  "a view on the settings": `UPDATE pg_settings SET setting = 'none' WHERE name = 'role'; ${act}`,
  "the body of an SQL function": [
    "CREATE FUNCTION public.up() RETURNS void LANGUAGE sql AS 'SET ROLE postgres'",
    `SELECT public.up(); ${act}`,
  ],
  "a setting of a function": [
    `CREATE FUNCTION public.as_other() RETURNS void LANGUAGE plpgsql SET role = 'postgres'
     AS $x$ BEGIN ${act}; END $x$`,
    "SELECT public.as_other()",
  ],
  "SECURITY DEFINER": [
    `CREATE FUNCTION public.definer() RETURNS void LANGUAGE plpgsql SECURITY DEFINER
     AS $x$ BEGIN RESET ROLE; ${act}; END $x$`,
    "SELECT public.definer()",
  ],
  "a SECURITY DEFINER function given to the superuser": [
    `CREATE FUNCTION public.given() RETURNS void LANGUAGE plpgsql SECURITY DEFINER
     AS $x$ BEGIN ${act}; END $x$; ALTER FUNCTION public.given() OWNER TO postgres`,
    "SELECT public.given()",
  ],
  "after a caught error": `DO $x$ BEGIN
    BEGIN PERFORM 1 / 0; EXCEPTION WHEN OTHERS THEN NULL; END;
    BEGIN RESET ROLE; EXCEPTION WHEN OTHERS THEN NULL; END;
    ${act}; END $x$`,
  "after a COMMIT inside": `DO $x$ BEGIN COMMIT; ${act}; END $x$`,
  "after a procedure's COMMIT": [
    `CREATE PROCEDURE public.steps() LANGUAGE plpgsql
     AS $x$ BEGIN COMMIT; RESET ROLE; ${act}; END $x$`,
    "CALL public.steps()",
  ],
  "a deferred trigger at COMMIT": [
    `CREATE TABLE public.late (n int); ${trap("public.at_commit() RETURNS trigger", "NULL")};
     CREATE CONSTRAINT TRIGGER late AFTER INSERT ON public.late
       DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION public.at_commit()`,
    "INSERT INTO public.late VALUES (1)",
  ],
  "a deferred trigger that resets the role at COMMIT": [
    `CREATE TABLE public.later (n int);
     CREATE FUNCTION public.reset_at_commit() RETURNS trigger LANGUAGE plpgsql AS $x$ BEGIN
       BEGIN EXECUTE 'RESET ROLE'; EXCEPTION WHEN OTHERS THEN NULL; END;
       BEGIN PERFORM set_config('role', 'none', false); EXCEPTION WHEN OTHERS THEN NULL; END;
       BEGIN ${act}; EXCEPTION WHEN insufficient_privilege THEN NULL; END;
       RETURN NULL;
     END $x$;
     CREATE CONSTRAINT TRIGGER later AFTER INSERT ON public.later
       DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION public.reset_at_commit()`,
    "INSERT INTO public.later VALUES (1)",
  ],
  "a cursor that outlives its transaction": [
    trap("public.fetched() RETURNS int", "1"),
    "DECLARE held CURSOR WITH HOLD FOR SELECT public.fetched()",
  ],
  "an index that VACUUM and REINDEX compute": [
    `CREATE TABLE public.indexed AS SELECT n FROM generate_series(1, 200) n;
     ${trap("public.key(n int) RETURNS int", "n").replace("LANGUAGE", "IMMUTABLE LANGUAGE")};
     CREATE INDEX indexed_key ON public.indexed (public.key(n)); UPDATE public.indexed SET n = n + 1`,
    "VACUUM ANALYZE public.indexed",
    "REINDEX TABLE CONCURRENTLY public.indexed",
  ],
  "making a superuser": run("CREATE ROLE taken SUPERUSER"),
  "becoming one": run("ALTER ROLE project_admin SUPERUSER"),
  "joining one": run("GRANT postgres TO project_admin"),
  "the table of roles": run("UPDATE pg_authid SET rolsuper = true"),
  "the table of memberships":
    `INSERT INTO pg_auth_members VALUES (1, 10, 'project_admin'::regrole, 10); ${act}`,
  "ALTER SYSTEM in DO": run("ALTER SYSTEM SET work_mem = '1MB'"),
  "default privileges of the superuser": run(
    "ALTER DEFAULT PRIVILEGES FOR ROLE postgres GRANT ALL ON SCHEMAS TO project_admin",
  ),
  "an event trigger": [
    trap("public.on_ddl() RETURNS event_trigger", "").replace("RETURN ;", ""),
    "CREATE EVENT TRIGGER taken ON ddl_command_end EXECUTE FUNCTION public.on_ddl()",
  ],
  "a function in C": [
    `CREATE FUNCTION public.shell(cstring) RETURNS int LANGUAGE c AS 'libc.so.6', 'system'`,
  ],
  "a function of the server": [
    `CREATE FUNCTION public.internal() RETURNS int LANGUAGE internal AS 'pg_reload_conf'`,
  ],
  "an untrusted extension": "CREATE EXTENSION file_fdw; CREATE EXTENSION dblink",
  "dblink": "SELECT * FROM dblink('dbname=postgres', 'SELECT 1') AS t (n int)",
  "a library": run("LOAD 'dblink'"),
  "a foreign server": "CREATE SERVER s FOREIGN DATA WRAPPER postgres_fdw",
  "COPY TO PROGRAM": "COPY (SELECT 1) TO PROGRAM 'touch taken'",
  "COPY TO a file": "COPY (SELECT 1) TO '/tmp/taken'",
  "COPY FROM a file": "CREATE TABLE public.read (line text); COPY public.read FROM '/etc/passwd'",
  "reading a file": "SELECT pg_read_file('PG_VERSION')",
  "listing a folder": "SELECT pg_ls_dir('.')",
  "lo_import": "SELECT lo_import('/etc/passwd')",
  "lo_export": "SELECT lo_export(lo_from_bytea(0, 'x'), '/tmp/taken')",
};

/** What the server itself reads and writes as the superuser, over what callers made. */
const readings: [method: string, path: string, body?: unknown][] = [
  ["GET", "/api/metadata"],
  ["GET", "/api/metadata?format=markdown"],
  ["GET", "/api/database/tables"],
  ["GET", "/api/database/tables/bait/schema"],
  ["GET", "/api/database/indexes"],
  ["GET", "/api/database/functions"],
  ["GET", "/api/database/triggers"],
  ["GET", "/api/database/policies"],
  ["GET", "/api/database/schemas"],
  ["GET", "/api/database/migrations"],
  ["GET", "/api/database/records/bait"],
  ["GET", "/api/storage/buckets"],
  ["GET", "/api/secrets"],
  ["GET", "/api/schedules"],
  ["GET", "/api/functions"],
  ["GET", "/api/deployments"],
  ["POST", "/api/database/advance/export", { format: "sql", includeData: true }],
  ["POST", "/api/database/advance/export", { format: "json", includeData: true }],
];

describe("SQL that wants to be the superuser", () => {
  let backend: TestBackend;
  beforeAll(async () => {
    backend = await startBackend();
  });
  afterAll(() => backend.close());

  const send = (query: string) => backend.request("POST", rawsql, { query });

  /** Whether something was done that only the superuser can do. */
  async function assertNothingTaken(): Promise<void> {
    const [found] = await backend.sql(
      `SELECT to_regclass('system.taken') AS made, current_user AS "user",
         (SELECT array_agg(rolname::text) FROM pg_roles WHERE rolsuper) AS superusers,
         (SELECT count(*)::int FROM pg_event_trigger WHERE evtname = 'taken') AS events,
         pg_has_role('project_admin', 'postgres', 'MEMBER') AS member`,
    );
    assertEquals(found, {
      made: null,
      user: "project_admin",
      superusers: ["postgres"],
      events: 0,
      member: false,
    });
  }

  for (const [name, queries] of Object.entries(escapes)) {
    it(`gets nowhere: ${name}`, async () => {
      const answers = [];
      for (const query of [queries].flat()) answers.push(await send(query));
      for (const { status, body } of answers) {
        assert(status === 200 || status >= 400 && body.error, JSON.stringify(body));
        if (status === 200) assert(!JSON.stringify(body.rows).includes('"postgres"'));
      }
      await assertNothingTaken();
    });
  }

  it("gets nowhere by a migration, nor by what it leaves set for the server's own statements", async () => {
    const fallen = "public.fallen() RETURNS int";
    const migrations = [
      run("RESET ROLE"),
      `${trap(fallen, "1")}; DECLARE late CURSOR WITH HOLD FOR SELECT public.fallen()`,
      `CREATE SCHEMA evil; CREATE TABLE evil.custom_migrations (n int);
       ${trap("evil.cast(text) RETURNS text", "$1")};
       CREATE DOMAIN evil.text AS pg_catalog.text CHECK (evil.cast(VALUE) IS NOT NULL);
       DO $x$ BEGIN SET LOCAL search_path = evil, pg_catalog; END $x$`,
    ];
    for (const [index, sql] of migrations.entries()) {
      const version = `2026010100000${index}`;
      await backend.request("POST", "/api/database/migrations", { version, name: "m", sql });
    }
    await assertNothingTaken();
    const { body } = await backend.request("GET", "/api/database/migrations");
    assertEquals(body.migrations.length, 2);
  });

  it("gets nowhere by operators, casts and functions that stand in for PostgreSQL's own", async () => {
    const made = [
      trap("public.eq(oid, int) RETURNS bool", "$1 = $2::oid"),
      "CREATE OPERATOR public.= (LEFTARG = oid, RIGHTARG = int, FUNCTION = public.eq)",
      trap("public.same(name, text) RETURNS bool", "$1::text = $2"),
      "CREATE OPERATOR public.= (LEFTARG = name, RIGHTARG = text, FUNCTION = public.same)",
      trap("public.more(bigint, numeric) RETURNS bool", "true"),
      "CREATE OPERATOR public.> (LEFTARG = bigint, RIGHTARG = numeric, FUNCTION = public.more)",
      trap("public.count(bigint) RETURNS bigint", "1"),
      trap("public.format(text, text, regclass) RETURNS text", "''"),
      trap("public.format(text, text) RETURNS text", "''"),
      trap("public.left(name, int) RETURNS text", "''"),
      "CREATE TYPE public.coin AS ENUM ('head')",
      trap("public.show(public.coin) RETURNS text", "'head'"),
      "CREATE CAST (public.coin AS text) WITH FUNCTION public.show AS IMPLICIT",
      "CREATE TABLE public.bait (id int PRIMARY KEY, side public.coin DEFAULT 'head')",
      "INSERT INTO public.bait VALUES (1)",
      "CREATE SCHEMA postgres",
    ];
    for (const query of made) {
      const { status, body } = await send(query);
      assertEquals([query, status, body.error], [query, 200, undefined]);
    }
    for (const [method, path, body] of readings) {
      // What fails for such stand-ins fails their owner, who made them.
      await backend.request(method, path, body);
    }
    await assertNothingTaken();
  });

  it("gets nowhere by triggers on the users that the server writes", async () => {
    await backend.sql(
      `CREATE TABLE profiles (id uuid, made_by text);
       CREATE FUNCTION public.greet() RETURNS trigger LANGUAGE plpgsql AS $x$ BEGIN
         IF current_user = 'postgres' THEN ${act}; END IF;
         INSERT INTO profiles VALUES (NEW.id, current_user);
         RETURN NEW;
       END $x$;
       CREATE TRIGGER greet AFTER INSERT OR UPDATE ON auth.users
         FOR EACH ROW EXECUTE FUNCTION public.greet()`,
    );
    const { status, body } = await backend.request("POST", "/api/auth/users", {
      email: "new@example.com",
      password: "secret-pass-1",
    });
    assertEquals(status, 200, JSON.stringify(body));
    assertEquals(await backend.sql("SELECT made_by FROM profiles"), [{ made_by: "project_admin" }]);
    await assertNothingTaken();
  });

  it("gets nowhere for visitors either, through a function that runs what they send", async () => {
    await backend.sql(
      `CREATE FUNCTION public.careless(text) RETURNS text LANGUAGE plpgsql
       AS $x$ BEGIN EXECUTE $1; RETURN current_user; END $x$;
       ALTER FUNCTION public.careless(text) RENAME TO loose;
       CREATE FUNCTION public.careless(sql text) RETURNS text LANGUAGE sql AS 'SELECT public.loose(sql)'`,
    );
    for (const role of ["NONE", "postgres", "project_admin", "authenticated"]) {
      const { status, body } = await backend.request(
        "POST",
        "/api/database/rpc/careless",
        { sql: `SET ROLE ${role}` },
        { key: backend.anonKey },
      );
      assert(status >= 400, JSON.stringify(body));
    }
    const { body } = await backend.request(
      "POST",
      "/api/database/rpc/careless",
      { sql: "SELECT 1" },
      { key: backend.anonKey },
    );
    assertEquals(body, "anon");
    await assertNothingTaken();
  });
});
