import { assertEquals } from "@std/assert";
import {
  createTableResponseSchema,
  deleteTableResponse,
  getTableSchemaResponseSchema,
  updateTableSchemaResponse,
} from "@insforge/shared-schemas";
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { startBackend, type TestBackend } from "../support/backend.ts";

const tables = "/api/database/tables";

describe("tables", () => {
  let backend: TestBackend;
  beforeAll(async () => {
    backend = await startBackend();
    await backend.sql(`
      CREATE TYPE mood AS ENUM ('ok', 'bad');
      CREATE SCHEMA shop;
      CREATE TABLE shop.orders (a int, b int, PRIMARY KEY (a, b));
      CREATE TABLE kinds (
        id uuid PRIMARY KEY DEFAULT gen_random_uuid(), title text NOT NULL UNIQUE, v varchar(10) DEFAULT 'x',
        c char(2), n bigint, s smallserial, price numeric(10,2) DEFAULT 1.5, r real, ok boolean DEFAULT true,
        tags text[] DEFAULT '{}', meta jsonb, m mood DEFAULT 'ok', d date, plain timestamp,
        at timestamptz DEFAULT now(), b bytea, g int GENERATED ALWAYS AS (1) STORED,
        a int, o int, author_id uuid REFERENCES auth.users (id) ON DELETE CASCADE,
        FOREIGN KEY (a, o) REFERENCES shop.orders (a, b) ON DELETE SET NULL ON UPDATE CASCADE);
      INSERT INTO kinds (title) VALUES ('one'), ('two')`);
  });
  afterAll(() => backend.close());

  const send = (method: string, path: string, body?: unknown) =>
    backend.request(method, tables + path, body);

  it("are listed by schema", async () => {
    assertEquals((await send("GET", "")).body, ["kinds"]);
    assertEquals((await send("GET", "?schema=")).body, ["kinds"]);
    assertEquals((await send("GET", "?schema=shop")).body, ["orders"]);
    assertEquals((await send("GET", "?schema=nowhere")).body, []);
  });

  it("refuse impossible schemas", async () => {
    for (
      const [schema, code] of [
        ["pg_catalog", "INVALID_INPUT"],
        ["information_schema", "INVALID_INPUT"],
        ['a"b', "DATABASE_VALIDATION_ERROR"],
        ["a\nb", "DATABASE_VALIDATION_ERROR"],
      ]
    ) {
      const { status, body } = await send("GET", `?schema=${encodeURIComponent(schema!)}`);
      assertEquals([status, body.error], [400, code]);
    }
  });

  it("are described column by column", async () => {
    const { status, body } = await send("GET", "/kinds/schema");
    assertEquals(status, 200);
    getTableSchemaResponseSchema.parse(body);
    const columns = Object.fromEntries(
      body.columns.map((column: { columnName: string; type: string; defaultValue?: string }) => [
        column.columnName,
        [column.type, column.defaultValue],
      ]),
    );
    assertEquals(columns, {
      id: ["uuid", "gen_random_uuid()"],
      title: ["string", undefined],
      v: ["string", "'x'"],
      c: ["string", undefined],
      n: ["integer", undefined],
      s: ["integer", "nextval('kinds_s_seq'::regclass)"],
      price: ["float", "1.5"],
      r: ["float", undefined],
      ok: ["boolean", "true"],
      tags: ["json", "'{}'"],
      meta: ["json", undefined],
      m: ["mood", "'ok'"],
      d: ["date", undefined],
      plain: ["timestam", undefined],
      at: ["datetime", "now()"],
      b: ["bytea", undefined],
      g: ["integer", undefined],
      a: ["integer", undefined],
      o: ["integer", undefined],
      author_id: ["uuid", undefined],
    });
    assertEquals(body.columns[0], {
      columnName: "id",
      type: "uuid",
      isNullable: false,
      isPrimaryKey: true,
      isUnique: true,
      defaultValue: "gen_random_uuid()",
    });
    assertEquals([body.columns[1].isUnique, body.columns[2].isUnique], [true, false]);
    assertEquals(body.foreignKeys, [
      {
        constraintName: "kinds_a_o_fkey",
        referenceTable: "shop.orders",
        referenceColumns: [
          { sourceColumn: "a", referenceColumn: "a" },
          { sourceColumn: "o", referenceColumn: "b" },
        ],
        onDelete: "SET NULL",
        onUpdate: "CASCADE",
      },
      {
        constraintName: "kinds_author_id_fkey",
        referenceTable: "auth.users",
        referenceColumns: [{ sourceColumn: "author_id", referenceColumn: "id" }],
        onDelete: "CASCADE",
        onUpdate: "NO ACTION",
      },
    ]);
    assertEquals(body.recordCount, 2);
  });

  it("are not found by another name", async () => {
    const { status, body } = await send("GET", "/nope/schema");
    assertEquals([status, body.error], [404, "DATABASE_NOT_FOUND"]);
  });

  it("are made with id, timestamps, trigger and row-level security", async () => {
    const { status, body } = await send("POST", "", {
      tableName: "posts",
      columns: [
        { columnName: "id", type: "uuid", isNullable: false, isUnique: true },
        {
          columnName: "title",
          type: "string",
          isNullable: false,
          isUnique: true,
          defaultValue: "it's",
        },
        {
          columnName: "score",
          type: "integer",
          isNullable: true,
          isUnique: false,
          defaultValue: "42",
        },
        {
          columnName: "at",
          type: "datetime",
          isNullable: true,
          isUnique: false,
          defaultValue: "now()",
        },
        { columnName: "author", type: "uuid", isNullable: true, isUnique: false },
      ],
      foreignKeys: [{
        referenceTable: "auth.users",
        referenceColumns: [{ sourceColumn: "author", referenceColumn: "id" }],
        onDelete: "CASCADE",
        onUpdate: "NO ACTION",
      }],
    });
    assertEquals(status, 201);
    createTableResponseSchema.parse(body);
    assertEquals(body.autoFields, ["id", "created_at", "updated_at"]);
    assertEquals(body.columns[1].sqlType, "integer");
    assertEquals(
      await backend.sql(
        "INSERT INTO posts DEFAULT VALUES RETURNING title, score, updated_at = created_at AS fresh",
      ),
      [{ title: "it's", score: 42, fresh: true }],
    );
    assertEquals(
      await backend.sql("UPDATE posts SET score = 1 RETURNING updated_at > created_at AS moved"),
      [{ moved: true }],
    );
    assertEquals(
      await backend.sql(
        "SELECT tableowner, rowsecurity FROM pg_tables WHERE tablename = 'posts'",
      ),
      [{ tableowner: "project_admin", rowsecurity: true }],
    );
  });

  it("are refused when they cannot be", async () => {
    const column = { columnName: "a", type: "string", isNullable: true, isUnique: false };
    const cases: [body: unknown, status: number, code: string][] = [
      [{ tableName: "posts", columns: [column] }, 400, "DATABASE_DUPLICATE"],
      [{ tableName: "x", columns: [] }, 400, "INVALID_INPUT"],
      [{ tableName: "", columns: [column] }, 400, "INVALID_INPUT"],
      [{ tableName: 'a"b', columns: [column] }, 400, "DATABASE_VALIDATION_ERROR"],
      [
        { tableName: "x", columns: [{ ...column, type: "blob" }] },
        400,
        "DATABASE_VALIDATION_ERROR",
      ],
      [
        { tableName: "x", columns: [{ ...column, columnName: "id" }] },
        400,
        "DATABASE_VALIDATION_ERROR",
      ],
      [
        { tableName: "x", columns: [{ ...column, columnName: "id", type: "uuid" }] },
        400,
        "DATABASE_VALIDATION_ERROR",
      ],
    ];
    for (const [body, status, code] of cases) {
      const answer = await send("POST", "", body);
      assertEquals([answer.status, answer.body.error], [status, code], JSON.stringify(body));
    }
  });

  it("are changed in one go", async () => {
    const { status, body } = await send("PATCH", "/posts/schema", {
      dropForeignKeys: ["posts_author_fkey"],
      dropColumns: ["author"],
      addColumns: [{ columnName: "body", type: "json", isNullable: true, isUnique: false }],
      updateColumns: [{ columnName: "score", defaultValue: "7", newColumnName: "points" }],
      renameTable: { newTableName: "articles" },
    });
    assertEquals(status, 200);
    updateTableSchemaResponse.parse(body);
    assertEquals([body.tableName, body.operations.length], ["articles", 6]);
    assertEquals(
      await backend.sql("INSERT INTO articles (title) VALUES ('new') RETURNING points, body"),
      [{ points: 7, body: null }],
    );
  });

  it("keep the columns of the backend", async () => {
    for (
      const change of [{ dropColumns: ["id"] }, { updateColumns: [{ columnName: "created_at" }] }]
    ) {
      const { status, body } = await send("PATCH", "/articles/schema", change);
      assertEquals([status, body.error], [403, "DATABASE_FORBIDDEN"]);
    }
    assertEquals((await send("PATCH", "/nope/schema", {})).status, 404);
  });

  it("are deleted, whether they are there or not", async () => {
    for (let time = 0; time < 2; time++) {
      const { status, body } = await send("DELETE", "/articles");
      assertEquals([status, body.tableName], [200, "articles"]);
      deleteTableResponse.parse(body);
    }
    assertEquals((await send("GET", "")).body, ["kinds"]);
  });
});
