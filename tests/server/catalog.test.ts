import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import {
  appMetaDataSchema,
  databaseFunctionsResponseSchema,
  databaseIndexesResponseSchema,
  databasePoliciesResponseSchema,
  databaseSchemasResponseSchema,
  databaseTriggersResponseSchema,
} from "@insforge/shared-schemas";
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { startBackend, type TestBackend } from "../support/backend.ts";

describe("catalog", () => {
  let backend: TestBackend;
  beforeAll(async () => {
    backend = await startBackend();
    await backend.sql(`
      CREATE SCHEMA shop;
      CREATE TABLE posts (id uuid PRIMARY KEY, title text UNIQUE, n int, updated_at timestamptz);
      CREATE TABLE _hidden (id int PRIMARY KEY);
      CREATE INDEX posts_n ON posts (n);
      ALTER TABLE posts ENABLE ROW LEVEL SECURITY;
      CREATE POLICY read ON posts FOR SELECT USING (true);
      CREATE POLICY write ON posts FOR INSERT TO authenticated WITH CHECK (auth.uid() = id);
      CREATE TRIGGER posts_u BEFORE INSERT OR UPDATE ON posts
        FOR EACH ROW EXECUTE FUNCTION system.update_updated_at();
      CREATE FUNCTION add(a int, b int) RETURNS int LANGUAGE sql AS $$ select a+b $$;
      CREATE PROCEDURE go() LANGUAGE sql AS $$ select 1 $$;
      CREATE AGGREGATE total(int) (SFUNC = int4pl, STYPE = int);
      INSERT INTO posts (id) SELECT gen_random_uuid() FROM generate_series(1, 3)`);
    await backend.sql(
      "INSERT INTO storage.buckets (name) VALUES ('pub'); " +
        "INSERT INTO storage.objects (bucket, key, size) VALUES ('pub', 'a', 1024); " +
        "INSERT INTO functions.definitions (slug, name, code) VALUES ('hello', 'Hello', '')",
      { unrestricted: true },
    );
  });
  afterAll(() => backend.close());

  const get = async (path: string) => {
    const { status, body } = await backend.request("GET", path);
    assertEquals(status, 200);
    return body;
  };

  it("lists indexes", async () => {
    const body = await get("/api/database/indexes");
    databaseIndexesResponseSchema.parse(body);
    assertEquals(body.indexes, [
      {
        tableName: "posts",
        indexName: "posts_n",
        indexDef: "CREATE INDEX posts_n ON public.posts USING btree (n)",
        isUnique: false,
        isPrimary: false,
      },
      {
        tableName: "posts",
        indexName: "posts_pkey",
        indexDef: "CREATE UNIQUE INDEX posts_pkey ON public.posts USING btree (id)",
        isUnique: true,
        isPrimary: true,
      },
      {
        tableName: "posts",
        indexName: "posts_title_key",
        indexDef: "CREATE UNIQUE INDEX posts_title_key ON public.posts USING btree (title)",
        isUnique: true,
        isPrimary: false,
      },
    ]);
  });

  it("lists policies", async () => {
    const body = await get("/api/database/policies");
    databasePoliciesResponseSchema.parse(body);
    assertEquals(body.policies, [
      {
        tableName: "posts",
        policyName: "read",
        cmd: "SELECT",
        roles: ["public"],
        qual: "true",
        withCheck: null,
      },
      {
        tableName: "posts",
        policyName: "write",
        cmd: "INSERT",
        roles: ["authenticated"],
        qual: null,
        withCheck: "(auth.uid() = id)",
      },
    ]);
  });

  it("lists triggers, one row an event", async () => {
    const body = await get("/api/database/triggers");
    databaseTriggersResponseSchema.parse(body);
    const row = {
      tableName: "posts",
      triggerName: "posts_u",
      actionTiming: "BEFORE",
      eventManipulation: "INSERT",
      actionOrientation: "ROW",
      actionCondition: null,
      actionStatement: "EXECUTE FUNCTION system.update_updated_at()",
    };
    assertEquals(body.triggers, [row, { ...row, eventManipulation: "UPDATE" }]);
  });

  it("lists functions and procedures", async () => {
    const body = await get("/api/database/functions");
    databaseFunctionsResponseSchema.parse(body);
    const found = body.functions.map((each: { functionName: string; kind: string }) => [
      each.functionName,
      each.kind,
    ]);
    assertEquals(found, [["add", "f"], ["go", "p"]]);
    assertStringIncludes(body.functions[0].functionDef, "CREATE OR REPLACE FUNCTION public.add(");
  });

  it("lists schemas, the caller's own unprotected", async () => {
    const body = await get("/api/database/schemas");
    databaseSchemasResponseSchema.parse(body);
    assertEquals(body.schemas[0], { name: "public", isProtected: false });
    const own = body.schemas.filter((schema: { isProtected: boolean }) => !schema.isProtected);
    assertEquals(own.map(({ name }: { name: string }) => name), ["public", "shop"]);
    for (const name of ["auth", "storage", "system", "functions", "schedules", "deployments"]) {
      assert(body.schemas.some((schema: { name: string }) => schema.name === name), name);
    }
  });

  it("describes the whole project", async () => {
    const body = await get("/api/metadata");
    appMetaDataSchema.parse(body);
    assertEquals(body.database.tables, [
      { tableName: "_hidden", recordCount: 0 },
      { tableName: "posts", recordCount: 3 },
    ]);
    assert(body.database.totalSizeInGB > 0);
    assertEquals(body.storage.buckets[0].objectCount, 1);
    assertEquals(body.storage.totalSizeInGB, 1024 / 1024 ** 3);
    assertEquals(body.functions, [
      { slug: "hello", name: "Hello", description: null, status: "active" },
    ]);
    assertEquals(body.realtime.channels, []);
    for (const slice of ["auth", "database", "storage", "functions", "realtime"]) {
      assertEquals(await get(`/api/metadata/${slice}`), body[slice], slice);
    }
  });

  it("describes the project in markdown", async () => {
    const { status, headers, body } = await backend.request("GET", "/api/metadata?format=markdown");
    assertEquals(status, 200);
    assertStringIncludes(headers.get("content-type") ?? "", "text/markdown");
    assertStringIncludes(body, "| posts | 3 |");
    const wrong = await backend.request("GET", "/api/metadata?format=xml");
    assertEquals([wrong.status, wrong.body.error], [400, "INVALID_INPUT"]);
  });

  it("describes one table as an export does", async () => {
    const { posts } = await get("/api/metadata/posts");
    assertEquals(posts.schema[0], {
      columnName: "id",
      dataType: "uuid",
      characterMaximumLength: null,
      isNullable: "NO",
      columnDefault: null,
    });
    assertEquals([posts.rlsEnabled, posts.rows], [true, []]);
    assertEquals(posts.indexes.length, 3);
    assertEquals(posts.policies.length, 2);
    assertEquals(posts.triggers.length, 2);
    assertEquals((await backend.request("GET", "/api/metadata/nope")).status, 404);
  });

  it("hands out the keys", async () => {
    assertEquals(await get("/api/metadata/anon-key"), { anonKey: backend.anonKey });
    assertEquals(await get("/api/metadata/api-key"), { apiKey: backend.apiKey });
    assertEquals(await get("/api/metadata/project-id"), { projectId: null });
    const { body } = await backend.request("POST", "/api/auth/tokens/anon");
    assertEquals(body.accessToken, backend.anonKey);
  });

  it("takes usage reports", async () => {
    const { status, body } = await backend.request("POST", "/api/usage/mcp", { tool_name: "x" }, {
      key: null,
      headers: { "x-api-key": backend.apiKey },
    });
    assertEquals([status, body], [200, { success: true }]);
  });
});
