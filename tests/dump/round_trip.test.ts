import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { runExport } from "../../src/commands/db/export.ts";
import { runImport } from "../../src/commands/db/import.ts";
import { NotFoundError, OperationError } from "../../src/core/errors.ts";
import { startBackend, type TestBackend } from "../support/backend.ts";
import { testContext } from "../support/context.ts";
import { richSchema } from "../support/rich_schema.ts";

const ROWS = 100_000;

let source: TestBackend;
let target: TestBackend;
let folder: string;

const contextOf = ({ url, apiKey }: TestBackend, options = {}) =>
  testContext({
    cwd: folder,
    env: { INSFORGE_BASE_URL: url, INSFORGE_API_KEY: apiKey },
    options,
  });

const complete = { data: true, format: "sql" };

/** Another backend, which goes away with its scope. */
async function emptyBackend(): Promise<TestBackend & AsyncDisposable> {
  const backend = await startBackend();
  return { ...backend, [Symbol.asyncDispose]: () => backend.close() };
}

async function exported(backend: TestBackend, options = {}): Promise<string> {
  const { context, show } = contextOf(backend);
  return await show(await runExport(context, { ...complete, ...options }));
}

describe("a dump", () => {
  beforeAll(async () => {
    folder = await Deno.makeTempDir();
    [source, target] = await Promise.all([startBackend(), startBackend()]);
    await source.sql(richSchema(ROWS));
  });
  afterAll(async () => {
    await Promise.all([source.close(), target.close()]);
    await Deno.remove(folder, { recursive: true });
  });

  it("R50: imports into an empty backend and exports to the same bytes again", async () => {
    const { context } = contextOf(source);
    const written = await runExport(context, { ...complete, output: "one.sql" });
    const { rows, tables } = written.data as { rows: number; tables: string[] };
    assertEquals(rows, 3 + 1200 + 3 + 2 + ROWS - Math.ceil((ROWS - 2) / 7) + 5);
    assertEquals(tables.length, 11);

    await runImport(contextOf(target).context, {}, "one.sql");
    await runExport(contextOf(target).context, { ...complete, output: "two.sql" });
    const [one, two] = await Promise.all(
      ["one.sql", "two.sql"].map((name) => Deno.readTextFile(`${folder}/${name}`)),
    );
    assert(one!.startsWith("--"));
    assert(one === two, "the second export differs from the first one");
  });

  it("brings every value back exactly", async () => {
    const query = "SELECT id::text, big::text, f4::text, ch, n::text FROM ident ORDER BY id";
    const values = await target.sql(query);
    assertEquals(values, await source.sql(query));
    assertEquals(values[0], {
      id: "10",
      big: "9223372036854775807",
      f4: "1.1",
      ch: "ab  ",
      n: "Infinity",
    });
    const [post] = await target.sql("SELECT title, raw::text, i::text FROM posts WHERE id = 1");
    assertEquals(post, {
      title: `t\\ '" set_config 1`,
      raw: "\\x00ff27",
      i: "1 mon 2 days 03:04:05.6",
    });
    await target.sql("INSERT INTO ident (big) VALUES (1)");
    const [next] = await target.sql("SELECT max(id) AS id FROM ident");
    assertEquals(next, { id: 12 });
  });

  it("of some tables has what they need, and says what it leaves out", async () => {
    const { context, show, err } = contextOf(source);
    const text = await show(
      await runExport(context, { ...complete, tables: "posts", data: false }),
    );
    assertStringIncludes(text, "CREATE OR REPLACE FUNCTION public.double_it");
    assertStringIncludes(text, "CREATE POLICY readable");
    assertStringIncludes(text, "OWNED BY public.posts.id");
    assertEquals(
      /CREATE TABLE public\.(?!posts)|REFERENCES|CREATE VIEW|INSERT INTO/.test(text),
      false,
    );
    assertStringIncludes(err(), "posts_author_fkey");
    assertStringIncludes(
      await exported(source, { tables: "parts", data: false }),
      "ATTACH PARTITION",
    );
    const withViews = await exported(source, {
      tables: "posts",
      data: false,
      includeViews: true,
      includeSequences: true,
    });
    assertStringIncludes(withViews, "CREATE VIEW public.titles");
    assertStringIncludes(withViews, "CREATE SEQUENCE public.lonely");
  });

  it("as JSON keeps what numbers cannot hold as text", async () => {
    const document = JSON.parse(await exported(source, { format: "json", tables: "ident,users" }));
    assertEquals(document.tables.ident.rows[0].big, "9223372036854775807");
    assertEquals(document.tables.ident.rows[0].n, "Infinity");
    assertEquals(document.tables.users.rows[0].created_at, "2026-01-02T03:04:05.123456+00:00");
    assertEquals(document.tables.users.indexes[0].isPrimary, true);
  });

  it("R51: a limit on the rows is told", async () => {
    const { context, show, err } = contextOf(source);
    const text = await show(
      await runExport(context, { ...complete, tables: "nokey,users", rowLimit: 3 }),
    );
    assertEquals(text.match(/^\(/gm)?.length, 6);
    assertStringIncludes(err(), "left out of: nokey.");
  });

  it("R51: the backend's own export fails when it left rows out", async () => {
    const { context } = contextOf(source);
    const failed = runExport(context, { ...complete, server: true, output: "server.sql" });
    const error = await assertRejects(() => failed, OperationError);
    assertStringIncludes(error.message, "nokey");
  });

  it("fails when rows change while they are read, and leaves no file", async () => {
    const { context } = contextOf(source);
    const progress = context.progress("");
    let changed: Promise<unknown> | undefined;
    // The first row count that is told comes after the first page.
    const meddling = {
      ...context,
      progress: () => ({
        ...progress,
        update: (text: string) => {
          if (text.includes("nokey: ")) {
            changed ??= source.sql("INSERT INTO base VALUES (7)");
          }
        },
      }),
    };
    const failed = runExport(meddling, {
      ...complete,
      tables: "base,nokey",
      output: "changed.sql",
    });
    const error = await assertRejects(() => failed, OperationError);
    await changed;
    assertEquals(error.code, "EXPORT_CHANGED");
    assertStringIncludes(error.message, "base (+1 row)");
    const names = [...Deno.readDirSync(folder)].map(({ name }) => name);
    assertEquals(names.filter((name) => name.includes("changed")), []);
  });

  it("names no role of a backend where nothing was granted to one", async () => {
    await using empty = await emptyBackend();
    await empty.sql("CREATE TABLE plain (id int PRIMARY KEY)");
    assertEquals(/\b(anon|authenticated)\b/.test(await exported(empty)), false);

    // A client of PostgreSQL may have made it, as whom the project's owner is not.
    const unrestricted = { unrestricted: true };
    await empty.sql('CREATE SCHEMA "Else"; CREATE TABLE "Else".t (id int)', unrestricted);
    const { context, show, err } = contextOf(empty);
    assertEquals((await show(await runExport(context, complete))).includes("Else"), false);
    assertStringIncludes(err(), 'GRANT ALL ON SCHEMA "Else" TO project_admin');
    await empty.sql('GRANT ALL ON SCHEMA "Else" TO project_admin', unrestricted);
    assertStringIncludes(await exported(empty), 'CREATE TABLE "Else".t (');
  });

  it("makes what functions of functions are in, though none is named with its schema", async () => {
    await source.sql(`CREATE SCHEMA nested; CREATE DOMAIN nested.above AS int;
      CREATE FUNCTION zinner(i int) RETURNS int LANGUAGE plpgsql IMMUTABLE AS 'begin return i; end';
      CREATE FUNCTION outer1(i int) RETURNS int LANGUAGE plpgsql IMMUTABLE AS 'begin return zinner(i); end';
      ALTER DOMAIN nested.above ADD CHECK (outer1(VALUE) > 0);
      CREATE TABLE nested.t (i nested.above CHECK (outer1(i) > 0), d int GENERATED ALWAYS AS (outer1(i)) STORED);
      CREATE INDEX ON nested.t (outer1(i)); CREATE UNIQUE INDEX ON nested.t (i) WHERE outer1(i) > 0;
      INSERT INTO nested.t VALUES (1)`);
    await using empty = await emptyBackend();
    await runExport(contextOf(source).context, { ...complete, output: "nested.sql" });
    await runImport(contextOf(empty).context, {}, "nested.sql");
    assertEquals(await empty.sql("SELECT i, d FROM nested.t"), [{ i: 1, d: 1 }]);
  });

  it("looks at the values of a domain when all rows are there, which it may read", async () => {
    await using backend = await emptyBackend();
    await using empty = await emptyBackend();
    await backend.sql(`CREATE TABLE words (word text);
      INSERT INTO words VALUES ('yes');
      CREATE FUNCTION is_word(t text) RETURNS bool LANGUAGE plpgsql STABLE
        AS 'begin return exists (select from words where word = t); end';
      CREATE DOMAIN known AS text CONSTRAINT listed CHECK (is_word(VALUE));
      CREATE DOMAIN well_known AS known;
      CREATE TABLE answers (said known DEFAULT 'yes', again well_known);
      INSERT INTO answers VALUES ('yes', 'yes');
      CREATE DOMAIN odd AS int;
      CREATE TABLE numbers (n odd);
      INSERT INTO numbers VALUES (2);
      ALTER DOMAIN odd ADD CONSTRAINT is_odd CHECK (VALUE % 2 = 1) NOT VALID;
      CREATE FUNCTION positive(i int) RETURNS bool LANGUAGE sql IMMUTABLE AS 'select i > 0';
      CREATE DOMAIN counted AS int CHECK (positive(VALUE));
      CREATE TYPE pair AS (one counted, other text);
      CREATE TABLE held (many counted[], pair pair);
      INSERT INTO held VALUES ('{1,2}', '(3,x)')`);
    const { context } = contextOf(backend);
    await runExport(context, { ...complete, output: "domains.sql" });
    await runImport(contextOf(empty).context, {}, "domains.sql");
    assertEquals(await exported(empty), await Deno.readTextFile(`${folder}/domains.sql`));
    await runExport(context, { ...complete, dataOnly: true, output: "rows.sql" });
    await runImport(contextOf(empty, { yes: true }).context, { truncate: true }, "rows.sql");
    assertEquals(await exported(empty), await Deno.readTextFile(`${folder}/domains.sql`));
    for (const row of ["answers VALUES ('no')", "numbers VALUES (4)", "held VALUES ('{0}')"]) {
      await assertRejects(() => empty.sql(`INSERT INTO ${row}`), Error, "violates check");
    }
  });

  it("names a table that is not there", async () => {
    await assertRejects(() => exported(source, { tables: "posts,nope" }), NotFoundError, "nope");
  });

  it("refuses what it could not bring back", async () => {
    const aggregate =
      "CREATE AGGREGATE middle (ORDER BY int) (SFUNC = array_append, STYPE = int[])";
    await target.sql(aggregate);
    await assertRejects(() => exported(target), OperationError, "aggregate public.middle");
  });
});
