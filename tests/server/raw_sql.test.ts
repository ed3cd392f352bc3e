import { assert, assertEquals } from "@std/assert";
import { rawSQLResponseSchema } from "@insforge/shared-schemas";
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { startBackend, type TestBackend } from "../support/backend.ts";

const rawsql = "/api/database/advance/rawsql";

/**
 * Statements in the order in which they run, with the status and code that the real backend
 * answered.
 */
const recorded: [query: string, status: number, code?: string][] = [
  ["CREATE TYPE mood AS ENUM ('ok','bad')", 200],
  [
    "CREATE TABLE posts (id UUID DEFAULT gen_random_uuid() PRIMARY KEY, title TEXT NOT NULL UNIQUE, " +
    "n BIGINT, price NUMERIC(10,2), tags TEXT[], meta JSONB, m mood, d DATE, b BYTEA, " +
    "author_id UUID REFERENCES auth.users(id), created_at TIMESTAMPTZ DEFAULT now())",
    200,
  ],
  ["ALTER TABLE posts ENABLE ROW LEVEL SECURITY", 200],
  [`CREATE POLICY "owner_write" ON posts FOR INSERT WITH CHECK (auth.uid() = author_id)`, 200],
  ["INSERT INTO posts(title) VALUES ('a')", 200],
  ["INSERT INTO posts(title) VALUES ('a')", 409, "DATABASE_DUPLICATE"],
  ["INSERT INTO posts(n) VALUES (1)", 400, "MISSING_FIELD"],
  [
    "INSERT INTO posts(title,author_id) VALUES ('z','00000000-0000-0000-0000-000000000001')",
    400,
    "DATABASE_CONSTRAINT_VIOLATION",
  ],
  ["SELECT * FROM nope", 400, "DATABASE_VALIDATION_ERROR"],
  ["SELECT nope FROM posts", 400, "DATABASE_VALIDATION_ERROR"],
  ["ALTER TABLE posts ADD COLUMN n int", 400, "DATABASE_VALIDATION_ERROR"],
  ["CREATE TABLE bad (p uuid REFERENCES posts(n))", 400, "DATABASE_VALIDATION_ERROR"],
  ["UPDATE posts SET n = true", 400, "DATABASE_VALIDATION_ERROR"],
  ["SELECT 'x'::uuid", 500, "INTERNAL_ERROR"],
  ["SELECT nofunction()", 500, "INTERNAL_ERROR"],
  ["SELECT 1/0", 500, "INTERNAL_ERROR"],
  ["INSERT INTO system.secrets(key) VALUES ('x')", 403, "FORBIDDEN"],
  ["SELECT count(*) FROM auth.users", 200],
  ["SELECT * FROM pg_tables LIMIT 1", 200],
  [
    "CREATE TRIGGER posts_u BEFORE UPDATE ON posts FOR EACH ROW EXECUTE FUNCTION system.update_updated_at()",
    200,
  ],
  ["CREATE VIEW v AS SELECT title FROM posts", 200],
  ["CREATE SEQUENCE s START 5", 200],
];

/** Results in full: what the real backend answered for these. */
const results: [query: string, body: unknown][] = [
  ["CREATE TABLE one (a int)", { rows: [], rowCount: null, fields: [] }],
  ["INSERT INTO one VALUES (1), (2)", { rows: [], rowCount: 2, fields: [] }],
  ["UPDATE one SET a = 3", { rows: [], rowCount: 2, fields: [] }],
  ["SELECT a FROM one WHERE false", {
    rows: [],
    rowCount: 0,
    fields: [{ name: "a", dataTypeID: 23 }],
  }],
  ["SELECT count(*) FROM one", {
    rows: [{ count: "2" }],
    rowCount: 1,
    fields: [{ name: "count", dataTypeID: 20 }],
  }],
  ["CREATE TABLE many AS SELECT g AS id FROM generate_series(1,1500) g", {
    rows: [],
    rowCount: 1500,
    fields: [],
  }],
  ["DELETE FROM one WHERE false", { rows: [], rowCount: 0, fields: [] }],
  ["SELECT 1; SELECT 2", { rows: [] }],
  ["-- nothing", { rows: [], rowCount: null, fields: [] }],
  [
    "SELECT current_user, session_user",
    {
      rows: [{ current_user: "project_admin", session_user: "postgres" }],
      rowCount: 1,
      fields: [{ name: "current_user", dataTypeID: 19 }, { name: "session_user", dataTypeID: 19 }],
    },
  ],
];

describe("raw SQL", () => {
  let backend: TestBackend;
  beforeAll(async () => {
    backend = await startBackend();
  });
  afterAll(() => backend.close());

  const send = (query: string, rest: object = {}) =>
    backend.request("POST", rawsql, { query, ...rest });

  it("answers with the statuses and codes of the real backend", async () => {
    for (const [query, status, code] of recorded) {
      const { status: found, body } = await send(query);
      assertEquals([query, found, body.error], [query, status, code]);
      if (code) assertEquals(body.statusCode, status);
    }
  });

  it("answers with the results of the real backend", async () => {
    for (const [query, expected] of results) {
      // A server confines whoever asks by a login of its own.
      if (backend.database.engine.address && query.includes("session_user")) continue;
      const { body } = await send(query);
      assertEquals({ query, body }, { query, body: expected });
      if ("fields" in body) rawSQLResponseSchema.parse(body);
    }
  });

  it("says where and why PostgreSQL refuses", async () => {
    const unknown = await send("SELECT 1; SELECT 'ü', nope FROM one");
    assertEquals(unknown.body.details, { sqlstate: "42703", position: 23 });
    const duplicate = await send("INSERT INTO posts(title) VALUES ('a')");
    assertEquals(duplicate.body.details.detail, "Key (title)=(a) already exists.");
    const hinted = await send("SELECT pg_sleeep(1)");
    assert(hinted.body.details.hint);
  });

  it("undoes all statements when one fails", async () => {
    await send("CREATE TABLE undone (a int); INSERT INTO undone VALUES (1); SELECT 1/0");
    assertEquals(await backend.sql("SELECT to_regclass('undone') AS t"), [{ t: null }]);
  });

  it("runs what refuses to be in a transaction", async () => {
    for (
      const query of [
        "VACUUM one",
        "CREATE INDEX CONCURRENTLY one_a ON one (a)",
        "REINDEX TABLE CONCURRENTLY one",
      ]
    ) {
      const { status, body } = await send(query);
      assertEquals([query, status, body.error], [query, 200, undefined]);
    }
    assertEquals(await backend.sql("SELECT current_user AS u"), [{ u: "project_admin" }]);
  });

  it("explains one SELECT and takes its effects back", async () => {
    await backend.sql("CREATE SEQUENCE drawn; CREATE TABLE log (n int)");
    const { status, body } = await send("SELECT count(*) FROM one", { explain: true });
    assertEquals([status, body.rowCount], [200, null]);
    assertEquals(body.fields, [{ name: "QUERY PLAN", dataTypeID: 114 }]);
    assert(body.rows[0]["QUERY PLAN"][0].Plan);
    for (
      const query of [
        "DELETE FROM one",
        "SELECT 1; SELECT 2",
        "SELECT 1 INTO x",
        "WITH w AS (DELETE FROM one RETURNING a) SELECT * FROM w",
      ]
    ) {
      const refused = await send(query, { explain: true });
      assertEquals([query, refused.status, refused.body.error], [query, 400, "INVALID_INPUT"]);
    }
    assertEquals(await backend.sql("SELECT count(*)::int AS n FROM one"), [{ n: 2 }]);
  });

  it("hands what the superuser makes to project_admin", async () => {
    const made =
      "CREATE TABLE big (id serial PRIMARY KEY); CREATE VIEW bigv AS SELECT * FROM big; " +
      "CREATE TYPE kind AS ENUM ('a'); CREATE DOMAIN word AS text; CREATE TYPE pair AS (a int, b int); " +
      "CREATE FUNCTION doit() RETURNS int LANGUAGE sql AS 'SELECT 1'; CREATE SEQUENCE numbers; " +
      "CREATE MATERIALIZED VIEW bigm AS SELECT 1 AS a; " +
      'CREATE TABLE "Odd name" (a int)';
    // The members of extensions stay what they are.
    const owned = () =>
      backend.sql(
        `SELECT relname AS name FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relowner = 10
         UNION ALL SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND proowner = 10
         UNION ALL SELECT typname FROM pg_type WHERE typnamespace = 'public'::regnamespace AND typowner = 10
         ORDER BY 1`,
      );
    const before = await owned();
    await backend.sql(made, { unrestricted: true });
    assertEquals(await owned(), before);
    await backend.sql(
      'DROP TABLE "Odd name"; ALTER TABLE big ADD COLUMN x int; DROP FUNCTION doit()',
    );
    assertEquals(
      await backend.sql("SELECT current_user AS u", { unrestricted: true }),
      [{ u: "postgres" }],
    );
  });

  it("takes a long text of many statements", async () => {
    const inserts = Array.from(
      { length: 20_000 },
      (_, n) => `INSERT INTO many VALUES (${n}, 'x');\n`,
    );
    await backend.sql("ALTER TABLE many ADD COLUMN t text");
    const { status, body } = await send(inserts.join(""));
    assertEquals([status, body], [200, { rows: [] }]);
    assertEquals(await backend.sql("SELECT count(*)::int AS n FROM many WHERE t = 'x'"), [{
      n: 20_000,
    }]);
  });
});
