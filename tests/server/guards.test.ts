import { assert, assertEquals } from "@std/assert";
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { startBackend, type TestBackend } from "../support/backend.ts";

const refused = [
  "SELEC 1",
  "SELECT 1; SELEC 2",
  "SELECT set_config('a.b', 'c', false)",
  "SELECT 'SET_CONFIG'",
  "SELECT 1 -- set_config",
  "CREATE DATABASE x",
  "ALTER DATABASE postgres SET work_mem = '1MB'",
  "ALTER DATABASE postgres RENAME TO x",
  "ALTER DATABASE postgres OWNER TO anon",
  "DROP DATABASE postgres",
  "CREATE ROLE x",
  "CREATE USER x",
  "CREATE GROUP x",
  "ALTER ROLE anon LOGIN",
  "ALTER ROLE anon RENAME TO x",
  "ALTER ROLE anon SET work_mem = '1MB'",
  "DROP ROLE anon",
  "GRANT postgres TO anon",
  "REVOKE anon FROM authenticated",
  "SET ROLE anon",
  "SET LOCAL ROLE anon",
  "RESET ROLE",
  "SET SESSION AUTHORIZATION anon",
  "RESET SESSION AUTHORIZATION",
  "SET search_path = auth",
  "SET LOCAL search_path TO auth",
  "RESET search_path",
  "SET statement_timeout = 0",
  "SET LOCAL statement_timeout = 0",
  "RESET statement_timeout",
  "RESET ALL",
  "ALTER SYSTEM SET work_mem = '1MB'",
  "BEGIN",
  "START TRANSACTION",
  "COMMIT",
  "END",
  "ROLLBACK",
  "ABORT",
  "SAVEPOINT s",
  "RELEASE s",
  "ROLLBACK TO s",
  "PREPARE TRANSACTION 'x'",
  "SELECT 1; COMMIT; SELECT 2",
  "/* first */ set /* then */ role anon",
];

const allowed = [
  "SELECT 'BEGIN; SET ROLE anon; DROP DATABASE x'",
  'SELECT 1 AS "set role"',
  "SELECT 1 -- COMMIT",
  "DO $$ BEGIN PERFORM 1; END $$",
  "CREATE FUNCTION steps() RETURNS int LANGUAGE plpgsql AS $$ BEGIN RETURN 1; END $$",
  "CREATE FUNCTION atomic() RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT 1; SELECT 2; END",
  "CREATE TABLE g (role text); GRANT SELECT ON g TO anon; REVOKE SELECT ON g FROM anon",
  "SET work_mem = '2MB'",
  "SET LOCAL work_mem = '2MB'",
  "SHOW search_path",
  "SET TIME ZONE 'UTC'",
  "SELECT 1; SELECT 2",
  "",
];

describe("raw SQL guards", () => {
  let backend: TestBackend;
  beforeAll(async () => {
    backend = await startBackend();
  });
  afterAll(() => backend.close());

  for (const endpoint of ["", "/unrestricted"]) {
    for (const query of refused) {
      it(`refuse${endpoint ? " for the superuser" : ""}: ${query}`, async () => {
        const path = `/api/database/advance/rawsql${endpoint}`;
        const { status, body } = await backend.request("POST", path, { query });
        assertEquals([status, body.error], [403, "FORBIDDEN"]);
        assert(body.message);
      });
    }
  }

  for (const query of allowed) {
    it(`allow: ${query || "no statement"}`, async () => {
      const { status, body } = await backend.request("POST", "/api/database/advance/rawsql", {
        query: query || "-- nothing",
      });
      assertEquals([status, body.error], [200, undefined]);
    });
  }

  it("say where the syntax error is", async () => {
    const { body } = await backend.request("POST", "/api/database/advance/rawsql", {
      query: "SELECT '😀'; SELEC 1",
    });
    assertEquals(body.details, { sqlstate: "42601", position: 13 });
  });

  it("refuse NUL characters, which would hide what follows", async () => {
    const { status } = await backend.request("POST", "/api/database/advance/rawsql", {
      query: "SELECT 1\0; SET ROLE anon",
    });
    assertEquals(status, 400);
  });

  it("refuse several statements with parameters", async () => {
    const { status, body } = await backend.request("POST", "/api/database/advance/rawsql", {
      query: "SELECT $1::int; SELECT 2",
      params: [1],
    });
    assertEquals([status, body.error], [400, "INVALID_INPUT"]);
  });
});
