import { assertEquals, assertStringIncludes } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { portable } from "../../../../src/commands/db/script/portable.ts";

/** What is left out, and what it counts as. */
const LEFT_OUT: readonly (readonly [sql: string, as: string])[] = [
  ["SET statement_timeout = 0", "setting"],
  ["SET transaction_timeout = 0", "setting"],
  ["SET client_encoding = 'UTF8'", "setting"],
  ["SET NAMES 'utf8'", "setting"],
  ["SET search_path = public, pg_catalog", "setting"],
  ["SET search_path TO ''", "setting"],
  ["SET standard_conforming_strings = off", "setting"],
  ["SELECT pg_catalog.set_config('search_path', '', false)", "setting"],
  ["RESET ALL", "setting"],
  ["BEGIN", "transaction"],
  ["START TRANSACTION", "transaction"],
  ["COMMIT", "transaction"],
  ["SAVEPOINT a", "transaction"],
  ["RELEASE SAVEPOINT a", "transaction"],
  ["VACUUM ANALYZE t", "maintenance"],
  ["ALTER TABLE public.t OWNER TO alice", "owner"],
  ['ALTER FUNCTION public.f(a integer, b text) OWNER TO "Alice"', "owner"],
  ["ALTER SCHEMA public OWNER TO pg_database_owner", "owner"],
  ["CREATE SCHEMA public", "public"],
  ["COMMENT ON SCHEMA public IS 'standard public schema'", "public"],
  ["REVOKE USAGE ON SCHEMA public FROM PUBLIC", "public"],
  ["DROP SCHEMA IF EXISTS public", "public"],
  ['CREATE SCHEMA "public"', "public"],
  ["COMMENT ON SCHEMA \"public\" IS 'standard public schema'", "public"],
  ["ALTER TABLE ONLY public.t DISABLE TRIGGER ALL", "triggers"],
  ["SET session_replication_role = replica", "triggers"],
  ["SELECT set_config('session_replication_role', 'replica', false)", "triggers"],
  ["COMMENT ON EXTENSION citext IS 'x'", "extensionComment"],
  ["DROP EXTENSION IF EXISTS citext", "extensionRemoval"],
  ["CREATE EXTENSION IF NOT EXISTS plpgsql WITH SCHEMA pg_catalog", "extension"],
  ["CREATE PROCEDURAL LANGUAGE plpgsql", "extension"],
  ["CREATE OR REPLACE TRUSTED LANGUAGE plpgsql", "extension"],
  ['CREATE EXTENSION IF NOT EXISTS "pg_graphql" WITH SCHEMA "graphql"', "extension"],
  ["CREATE DATABASE app WITH TEMPLATE = template0", "database"],
  ["REVOKE ALL ON DATABASE app FROM anon", "database"],
  ["ALTER DATABASE app OWNER TO alice", "owner"],
  ["CREATE ROLE alice", "role"],
  ["ALTER ROLE alice WITH LOGIN", "role"],
  ["GRANT alice TO bob", "role"],
  ["SET ROLE alice", "role"],
  ["SET SESSION AUTHORIZATION 'alice'", "role"],
  ["GRANT SELECT ON TABLE public.t TO alice", "grant"],
  ["REVOKE ALL ON FUNCTION public.f(integer) FROM alice", "grant"],
  ["REVOKE ALL ON t FROM service_role", "grant"],
  [
    "ALTER DEFAULT PRIVILEGES FOR ROLE alice IN SCHEMA public GRANT ALL ON TABLES TO anon",
    "defaults",
  ],
  ["CREATE POLICY p ON t TO alice USING (true)", "policy"],
  ["insert into storage.buckets (id, name, public) values ('a', 'a', true)", "bucket"],
  ["CREATE PUBLICATION p FOR ALL TABLES", "publication"],
  ["ALTER PUBLICATION supabase_realtime ADD TABLE public.t", "publication"],
  ["CREATE SUBSCRIPTION s CONNECTION '' PUBLICATION p", "subscription"],
  ["CREATE EVENT TRIGGER e ON ddl_command_end EXECUTE FUNCTION f()", "eventTrigger"],
  ["CREATE FOREIGN DATA WRAPPER own", "foreign"],
  ["CREATE SERVER far FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host 'x')", "foreign"],
  ["DROP SERVER IF EXISTS far", "foreign"],
  ["CREATE USER MAPPING FOR alice SERVER far OPTIONS (password 'x')", "foreign"],
  ["CREATE FOREIGN TABLE public.f (a integer) SERVER far", "foreign"],
  ["ALTER FOREIGN TABLE public.f ALTER COLUMN a OPTIONS (column_name 'b')", "foreign"],
  ["IMPORT FOREIGN SCHEMA public FROM SERVER far INTO public", "foreign"],
  ["GRANT USAGE ON FOREIGN SERVER far TO anon", "foreign"],
  ["SECURITY LABEL FOR anon ON TABLE t IS 'x'", "label"],
];

/** What is written otherwise, or stays. */
const KEPT: readonly (readonly [sql: string, sent?: string])[] = [
  ["SET check_function_bodies = false", "SET LOCAL check_function_bodies = false"],
  ["SET SESSION DateStyle TO iso", "SET LOCAL DateStyle TO iso"],
  ["SET TIME ZONE 'UTC'", "SET LOCAL TIME ZONE 'UTC'"],
  ["SELECT set_config('app.x', 'y', false)", "SET LOCAL app.x = 'y'"],
  ["SET CONSTRAINTS ALL DEFERRED"],
  ["CREATE SCHEMA shop AUTHORIZATION alice", "CREATE SCHEMA IF NOT EXISTS shop"],
  [
    'CREATE EXTENSION citext WITH SCHEMA "extensions"',
    "CREATE EXTENSION IF NOT EXISTS citext",
  ],
  ["create extension if not exists vector"],
  [
    'CREATE TABLE t (a uuid DEFAULT "extensions"."uuid_generate_v4"(), b extensions.citext)',
    "CREATE TABLE t (a uuid DEFAULT gen_random_uuid(), b citext)",
  ],
  ["GRANT ALL ON TABLE t TO service_role", "GRANT ALL ON TABLE t TO project_admin"],
  [
    "GRANT SELECT ON t TO alice, anon WITH GRANT OPTION",
    "GRANT SELECT ON t TO anon WITH GRANT OPTION",
  ],
  ["GRANT SELECT ON t TO anon, authenticated"],
  ["REVOKE ALL ON t FROM authenticated, service_role", "REVOKE ALL ON t FROM authenticated"],
  ["CREATE UNIQUE INDEX CONCURRENTLY i ON t (a)", "CREATE UNIQUE INDEX i ON t (a)"],
  ["DROP INDEX CONCURRENTLY i", "DROP INDEX i"],
  [
    `CREATE POLICY "open to all" ON t TO service_role, alice USING (auth.role() = 'service_role')`,
    `CREATE POLICY "open to all" ON t TO project_admin USING (auth.role() = 'project_admin')`,
  ],
  [
    `CREATE POLICY "name" ON storage.objects USING (bucket_id = 'name' AND owner = auth.uid() AND ` +
    `(storage.foldername(name))[1] = "objects".name AND b.name = owner_id)`,
    `CREATE POLICY "name" ON storage.objects USING (bucket = 'name' AND uploaded_by::uuid = auth.uid() AND ` +
    `(storage.foldername(key))[1] = "objects".key AND b.name = uploaded_by)`,
  ],
  ["CREATE POLICY p ON t USING (name = owner)"],
  [
    "CREATE POLICY p ON storage.objects USING (objects.path_tokens[1] = 'a')",
    "CREATE POLICY p ON storage.objects USING ((string_to_array(objects.key, '/'))[1] = 'a')",
  ],
  [
    `DO $$ BEGIN -- ALTER PUBLICATION p; 'tis
      PERFORM 'DROP PUBLICATION p;'; EXECUTE format('ALTER PUBLICATION p ADD TABLE %I;', t);
      BEGIN ALTER PUBLICATION p ADD TABLE a,
        b; END; CREATE TABLE c (); END $$`,
    `DO $$ BEGIN -- ALTER PUBLICATION p; 'tis
      PERFORM 'DROP PUBLICATION p;'; NULL;
      BEGIN NULL;\n END; CREATE TABLE c (); END $$`,
  ],
  [
    "CREATE VIEW v AS SELECT u.raw_user_meta_data, 'raw_user_meta_data' FROM auth.users u",
    "CREATE VIEW v AS SELECT u.profile, 'raw_user_meta_data' FROM auth.users u",
  ],
  [
    "INSERT INTO t SELECT id FROM auth.users WHERE raw_app_meta_data = '{}'",
    "INSERT INTO t SELECT id FROM auth.users WHERE metadata = '{}'",
  ],
  ["CREATE FUNCTION f() RETURNS trigger AS 'SELECT raw_user_meta_data FROM t; RETURN t.x'"],
  [
    "CREATE TRIGGER t AFTER UPDATE OF email_confirmed_at ON auth.users WHEN (old.email_confirmed_at IS NULL) EXECUTE FUNCTION f()",
    "CREATE OR REPLACE TRIGGER t AFTER UPDATE OF email_verified ON auth.users WHEN ((CASE WHEN old.email_verified THEN old.created_at END) IS NULL) EXECUTE FUNCTION f()",
  ],
  ["CREATE TRIGGER t AFTER INSERT ON users EXECUTE FUNCTION f()"],
  ["DROP TRIGGER t ON public.users"],
  [
    "CREATE FUNCTION f(a int, service_role text) AS $$ IF auth.role() = 'service_role' $$",
    "CREATE FUNCTION f(a int, service_role text) AS $$ IF auth.role() = 'project_admin' $$",
  ],
  [
    "DO $$ BEGIN EXECUTE 'GRANT ALL ON t TO anon, service_role'; END $$",
    "DO $$ BEGIN EXECUTE 'GRANT ALL ON t TO anon, project_admin'; END $$",
  ],
  ["CREATE TABLE t (a text CHECK (a = 'service_role'))"],
  ["INSERT INTO storage.buckets (name, public) VALUES ('a', true)"],
  ["ALTER TABLE t ADD COLUMN a int, OWNER TO alice"],
  ["ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT ALL ON TABLES TO anon"],
  [
    "INSERT INTO t VALUES ('a set_config b')",
    String.raw`INSERT INTO t VALUES (E'a set\137config b')`,
  ],
  [
    String.raw`INSERT INTO t VALUES (E'it\'s; \\', 'b')`,
    String.raw`INSERT INTO t VALUES (E'it''s; \\', 'b')`,
  ],
  [
    "CREATE FUNCTION f() RETURNS text LANGUAGE sql AS $$SELECT set_config('a', '\\', true)$$",
    String
      .raw`CREATE FUNCTION f() RETURNS text LANGUAGE sql AS E'SELECT set\137config(''a'', ''\\'', true)'`,
  ],
  ["SELECT 1 -- set_config", "SELECT 1 -- set config"],
];

describe("a statement on its way to a backend", () => {
  for (const [sql, as] of LEFT_OUT) {
    it(`is left out: ${sql}`, () => {
      const outcome = portable(sql, false);
      assertEquals([outcome.kind, "as" in outcome && outcome.as], ["skipped", as]);
    });
  }

  for (const [sql, sent = sql] of KEPT) {
    it(`is sent: ${sql}`, () => {
      const outcome = portable(sql, false);
      assertEquals("sql" in outcome ? outcome.sql : outcome, sent);
    });
  }

  it("takes a bare name in a query for a column of the tables that are read there", () => {
    const sent = (conditions: string) => {
      const sql = `CREATE POLICY p ON storage.objects USING (${conditions})`;
      const outcome = portable(
        sql,
        false,
        (table, column) => `${table}.${column}` === "teams.name",
      );
      return "sql" in outcome && outcome.sql.slice(sql.indexOf("(") + 1, -1);
    };
    const query = (column: string, from: string) =>
      `bucket = 'a' AND EXISTS (SELECT 1 FROM ${from} WHERE (storage.foldername(${column}))[1] = '(')`;
    assertEquals(sent(query("name", "teams t")), query("name", "teams t"));
    assertEquals(sent(query("owner_id", "teams")), query("objects.uploaded_by", "teams"));
    assertEquals(sent(query("name", "public.people")), query("objects.key", "public.people"));
    assertEquals(sent(query("objects.name", "teams")), query("objects.key", "teams"));
    assertEquals(sent(query("name", "storage.objects o")), query("key", "storage.objects o"));
    const nested =
      "EXISTS (SELECT 1 FROM teams WHERE EXISTS (SELECT 1 FROM people WHERE name = n))";
    assertEquals(sent(nested), nested);
  });

  it("is refused where an export has lost a type, and no other array", () => {
    const table = (type: string) => portable(`CREATE TABLE t (a int, "b c" ${type}, d int)`, false);
    for (const type of ["ARRAY", "USER-DEFINED NOT NULL", "ARRAY DEFAULT '{}'::text[]"]) {
      const outcome = table(type);
      assertStringIncludes("why" in outcome ? outcome.why : "", 'the type of "b c" was lost');
    }
    assertEquals(table("int ARRAY").kind, "statement");
  });

  it("is one literal where it has semicolons that end nothing", () => {
    const sql = "CREATE RULE r AS ON INSERT TO t DO ALSO (SELECT '$sql$'; SELECT 2)";
    const outcome = portable(sql, true);
    assertEquals(
      "sql" in outcome && outcome.sql,
      `DO $do$BEGIN EXECUTE $sql1$${sql}$sql1$; END$do$`,
    );
  });
});
