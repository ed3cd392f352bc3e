import {
  assert,
  assertEquals,
  assertMatch,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { dirname, join } from "@std/path";
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { runExport } from "../../../src/commands/db/export.ts";
import { runImport } from "../../../src/commands/db/import.ts";
import { CliError, FileError, UsageError } from "../../../src/core/errors.ts";
import { startBackend, type TestBackend } from "../../support/backend.ts";
import { testContext } from "../../support/context.ts";
import { envelope, linkedTo, stubServer } from "../../support/stub_server.ts";

let backend: TestBackend;
let folder: string;

const contextFor = (env: Record<string, string>, options = {}) =>
  testContext({ cwd: folder, env, options });
const linked = () => ({ INSFORGE_BASE_URL: backend.url, INSFORGE_API_KEY: backend.apiKey });

async function importText(text: string | Uint8Array, options = {}): Promise<CliError> {
  const bytes = typeof text === "string" ? new TextEncoder().encode(text) : text;
  await Deno.writeFile(`${folder}/file.sql`, bytes);
  return await assertRejects(
    () => runImport(contextFor(linked()).context, options, "file.sql"),
    CliError,
  );
}

describe("db import", () => {
  beforeAll(async () => {
    folder = await Deno.makeTempDir();
    backend = await startBackend();
  });
  afterAll(async () => {
    await backend.close();
    await Deno.remove(folder, { recursive: true });
  });

  it("is all or nothing, and names the line and the statement that failed", async () => {
    const error = await importText(
      "CREATE TABLE half (a int);\nINSERT INTO half VALUES (1);\n\nINSERT INTO\n  nope VALUES (1);",
    );
    assertStringIncludes(error.message, '"nope" does not exist (SQLSTATE 42P01) (line 5)');
    assertStringIncludes(error.excerpt!, "Statement: INSERT INTO nope VALUES (1)");
    assertEquals(error.hint, "Nothing was imported.");
    assertEquals(await backend.sql("SELECT to_regclass('half') AS half"), [{ half: null }]);
  });

  it("tells what the SQL of a file says, and not what was there already", async () => {
    await Deno.writeTextFile(
      `${folder}/says.sql`,
      "CREATE TABLE says (a int);\nCREATE TABLE IF NOT EXISTS says (a int);\n" +
        "DO $$ BEGIN RAISE NOTICE 'hello'; END $$;\n",
    );
    const { context, err } = contextFor(linked());
    await runImport(context, {}, "says.sql");
    assertEquals(err().trim(), "NOTICE:  hello");
    await Deno.writeTextFile(
      `${folder}/dump.sql`,
      "SET client_min_messages = warning;\n" +
        "DO $$ BEGIN RAISE NOTICE 'hello'; RAISE WARNING 'mind'; END $$;\n",
    );
    const dump = contextFor(linked());
    await runImport(dump.context, {}, "dump.sql");
    assertEquals(/NOTICE|WARNING.*/.exec(dump.err())?.[0], "WARNING:  mind");
  });

  it("leaves out extensions that the backend does not have, and tells it", async () => {
    const text = 'CREATE EXTENSION IF NOT EXISTS "pgstattuple" WITH SCHEMA public;\n' +
      "CREATE TABLE watched (a int);\n";
    await Deno.writeTextFile(`${folder}/watched.sql`, text);
    const { context, err } = contextFor(linked());
    const { data } = await runImport(context, {}, "watched.sql");
    const names = ["pgstattuple"];
    assertEquals(Object(data).skipped, [{ kind: "missingExtension", count: 1, line: 1, names }]);
    const told = "1 extension that the backend does not have (pgstattuple)";
    assertStringIncludes(err(), `Left out of watched.sql: ${told}.`);
    await Deno.mkdir(`${folder}/watching`);
    await Deno.writeTextFile(
      `${folder}/watching/1_watch.sql`,
      text.replace("TABLE w", "TABLE v"),
    );
    const some = contextFor(linked());
    await runImport(some.context, {}, "watching");
    assertStringIncludes(some.err(), `Left out of watching: ${told}.`);
    assertEquals(await backend.sql("SELECT to_regclass('vatched') v"), [{ v: "vatched" }]);
  });

  it("says which of them a statement needs", async () => {
    const error = await importText(
      "CREATE EXTENSION postgis;\nCREATE TABLE places (at geometry(Point, 4326));",
    );
    assertStringIncludes(error.message, '"geometry" does not exist (SQLSTATE 42704) (line 2)');
    assertStringIncludes(error.hint!, "The extension postgis has it, which the backend does not");
    const nothing = await importText("CREATE EXTENSION postgis;");
    assertStringIncludes(nothing.message, "does not have (postgis)");
  });

  it("leaves out foreign tables with all that a dump says of them, and names what needs one", async () => {
    const text = `CREATE EXTENSION postgres_fdw;
      CREATE SERVER far FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host 'x');
      CREATE USER MAPPING FOR postgres SERVER far;
      CREATE FOREIGN TABLE public.away (a int) SERVER far;
      ALTER TABLE public.away OWNER TO alice;
      COMMENT ON FOREIGN TABLE public.away IS 'x';
      COMMENT ON COLUMN public.away.a IS 'x';
      CREATE TABLE public.near (a int) PARTITION BY RANGE (a);
      COMMENT ON COLUMN public.near.a IS 'near';
      ALTER TABLE ONLY public.near ATTACH PARTITION public.away FOR VALUES FROM (1) TO (2);
      CREATE TRIGGER t AFTER INSERT ON public.away FOR EACH ROW EXECUTE FUNCTION f();
      GRANT SELECT ON TABLE public.away TO anon;
      COPY public.away (a) FROM stdin;\n1\n\\.\n`;
    await Deno.writeTextFile(`${folder}/foreign.sql`, text);
    const { context, err } = contextFor(linked());
    await runImport(context, {}, "foreign.sql");
    assertStringIncludes(err(), "statements on another server's tables (far, away)");
    const [found] = await backend.sql(
      "SELECT to_regclass('away') a, col_description('near'::regclass, 1) n",
    );
    assertEquals(found, { a: null, n: "near" });
    const needed = text.replace(
      "TABLE public.near (",
      "VIEW needs AS SELECT * FROM public.away; --",
    );
    assertStringIncludes((await importText(needed)).hint!, "The foreign table away is left out");
  });

  it("names the row of COPY that a constraint refuses", async () => {
    const rows = '1,"a\nb"\n2,c\n1,again\n3,d\n';
    const error = await importText(
      `CREATE TABLE copied (i int PRIMARY KEY, t text);\nCOPY copied FROM stdin CSV;\n${rows}\\.\n`,
    );
    assertEquals([error.facts.line, error.exitCode], [6, 1]);
    assertStringIncludes(error.excerpt!, "VALUES ('1','again')");
  });

  it("names the row of one INSERT among many", async () => {
    const rows = ["1", "2", "1", "3"].map((row) => `INSERT INTO single VALUES (${row});\n`);
    const error = await importText(`CREATE TABLE single (i int PRIMARY KEY);\n${rows.join("")}`);
    assertEquals([error.facts.line, error.exitCode], [4, 1]);
    assertStringIncludes(error.excerpt!, "INSERT INTO single VALUES (1)");
  });

  it("takes files in other encodings that say so", async () => {
    const text = "SET client_encoding = 'LATIN1';\nDROP TABLE IF EXISTS said;\n" +
      "CREATE TABLE said (t text);\nINSERT INTO said VALUES ('é\x92ß');";
    const utf16 = new Uint8Array(
      new Uint16Array([...`\ufeff${text}`].map((c) => c.charCodeAt(0))).buffer,
    );
    const files: [string, Uint8Array][] = [
      ["é\x92ß", Uint8Array.from(text, (character) => character.charCodeAt(0))],
      ["é\x92ß", utf16],
      [
        "й’Я",
        Uint8Array.from(text.replace("LATIN1", "win1251"), (character) => character.charCodeAt(0)),
      ],
    ];
    for (const [said, bytes] of files) {
      await Deno.writeFile(`${folder}/file.sql`, bytes);
      await runImport(contextFor(linked()).context, {}, "file.sql");
      assertEquals(await backend.sql("SELECT t FROM said"), [{ t: said }]);
    }
  });

  it("takes a compressed file of several members", async () => {
    const texts = ["CREATE TABLE packed (i int);\n", "INSERT INTO packed VALUES (1);\n"];
    const members = await Promise.all(
      texts.map((text) =>
        new Response(new Blob([text]).stream().pipeThrough(new CompressionStream("gzip"))).bytes()
      ),
    );
    await Deno.writeFile(`${folder}/packed.sql.gz`, new Blob(members).stream());
    await runImport(contextFor(linked()).context, {}, "packed.sql.gz");
    assertEquals(await backend.sql("SELECT i FROM packed"), [{ i: 1 }]);
  });

  it("takes the export of a database without anything", async () => {
    const empty = await startBackend();
    await using _ = { [Symbol.asyncDispose]: () => empty.close() };
    const env = { INSFORGE_BASE_URL: empty.url, INSFORGE_API_KEY: empty.apiKey };
    for (const options of [{}, { dataOnly: true }, { schemaOnly: true }, { server: true }]) {
      const { context, show } = contextFor(env);
      await runExport(context, { data: true, output: "empty.sql", ...options });
      const result = await runImport(context, {}, "empty.sql");
      assertStringIncludes(await show(result), "Imported empty.sql: 0 tables, 0 rows.");
    }
    await Deno.mkdir(`${folder}/empties`);
    await Deno.rename(`${folder}/empty.sql`, `${folder}/empties/1.sql`);
    const { context, show } = contextFor(env);
    assertStringIncludes(await show(await runImport(context, {}, "empties")), "0 tables, 0 rows.");
  });

  it("takes rows alone, from a folder as well, and those of a table without columns", async () => {
    const bare = "CREATE TABLE public.bare ();\nALTER TABLE public.bare OWNER TO postgres;\n";
    await Deno.writeTextFile(
      `${folder}/bare.sql`,
      `${bare}COPY public.bare  FROM stdin;\n\n\n\\.\n`,
    );
    const { context, show } = contextFor(linked());
    assertStringIncludes(await show(await runImport(context, {}, "bare.sql")), "1 table, 2 rows.");
    const rows = (table: string) => `COPY public.${table}  FROM stdin;\n\n\\.\n`;
    await Deno.mkdir(`${folder}/rows`);
    await Deno.writeTextFile(
      `${folder}/rows/1.sql`,
      "CREATE TABLE public.later ();\nALTER TABLE ONLY public.later ADD COLUMN a text;\n" +
        rows("later"),
    );
    await runImport(contextFor(linked()).context, {}, "rows");
    assertEquals(await backend.sql("SELECT a FROM later"), [{ a: "" }]);
    await Deno.writeTextFile(`${folder}/rows/1.sql`, rows("later"));
    await runImport(contextFor(linked()).context, {}, "rows");
    assertEquals(await backend.sql("SELECT count(*)::int AS n FROM bare, later"), [{ n: 4 }]);
  });

  it("says how a dump of partitions goes over them, and takes it that way", async () => {
    const text =
      "ALTER TABLE IF EXISTS ONLY parts_new DROP CONSTRAINT IF EXISTS parts_new_pkey;\n" +
      "DROP TABLE IF EXISTS parts_new;\nDROP TABLE IF EXISTS parts;\n" +
      "CREATE TABLE parts (a int PRIMARY KEY) PARTITION BY RANGE (a);\n" +
      "CREATE TABLE parts_new PARTITION OF parts FOR VALUES FROM (1) TO (9);\n" +
      "INSERT INTO parts VALUES (1);";
    await Deno.writeTextFile(`${folder}/parts.sql`, text);
    await runImport(contextFor(linked()).context, {}, "parts.sql");
    const error = await importText(text);
    assertStringIncludes(error.message, "cannot drop inherited constraint");
    assertStringIncludes(error.hint!, "insforge db import FILE --clean");
    await runImport(contextFor(linked(), { yes: true }).context, { clean: true }, "parts.sql");
    assertEquals(await backend.sql("SELECT a FROM parts_new"), [{ a: 1 }]);
  });

  it("drops with --clean what needs each other, and large objects", async () => {
    const more = Array.from(
      { length: 60 },
      (_, index) => `CREATE FUNCTION more${index}() RETURNS int LANGUAGE sql AS 'SELECT 1';\n`,
    );
    await Deno.writeTextFile(
      `${folder}/again.sql`,
      `CREATE FUNCTION step(int, int) RETURNS int LANGUAGE sql AS 'SELECT $1 + $2';
      ${more.join("")}
      CREATE AGGREGATE total(int) (SFUNC = step, STYPE = int, INITCOND = '0');
      SELECT pg_catalog.lo_create('70002');`,
    );
    await runImport(contextFor(linked()).context, {}, "again.sql");
    await runImport(contextFor(linked(), { yes: true }).context, { clean: true }, "again.sql");
    const [found] = await backend.sql("SELECT total(i)::int AS total FROM generate_series(1, 3) i");
    assertEquals(found, { total: 6 });
  });

  it("ends with 1 for SQL that does not parse, and shows its line", async () => {
    const error = await importText("SELECT 1;\nSELEC 2;");
    assertEquals(error.exitCode, 1);
    assertStringIncludes(error.message, "(line 2)");
  });

  it("ends with 5 for what no import may do", async () => {
    assertEquals((await importText("DROP ROLE anon;")).exitCode, 5);
  });

  it("refuses files that are no SQL before any request", async () => {
    const cases: [string | Uint8Array, string][] = [
      [new Uint8Array([0x53, 0, 0x45, 0]), "not a text file"],
      [new Uint8Array([0x53, 0xff, 0xfe]), "not UTF-8"],
      ["SELECT 1;\nCOPY t FROM stdin BINARY;\n1\n\\.\n", "line 2: COPY in this format"],
      ['COPY t FROM stdin CSV;\n"1\n\\.\nSELECT 1;', "line 1: the rows of COPY end within quotes"],
      ["SELECT 1;\nCOPY t FROM stdin;\n1\n", "within the rows of COPY, which begin after line 2"],
      ["SELECT 1;\n\\i other.sql\n", "line 2: \\i is a command of psql"],
      ["SELECT 1;\n\\connect b\nSELECT 2;", "line 2: the file goes on with another database"],
      [
        "SELECT pg_catalog.binary_upgrade_set_next_pg_type_oid('16393'::pg_catalog.oid);",
        "line 1: the file was made with pg_dump --binary-upgrade",
      ],
      ["SELECT 1;\nROLLBACK;", "line 2: an import is one transaction"],
      ["SELECT 1;\nSET search_path = shop;", "line 2: search_path cannot be changed to shop"],
      ['{"format":"sql","data":"SELECT 1"}', "is JSON, not SQL"],
      ['\n[{"id": 1}]', "is JSON, not SQL"],
      ["CREATE VIEW v AS SELECT\nset_config('a', 'b', true)", "line 1: backends refuse the word"],
      [new Uint8Array([0x50, 0x47, 0x44, 0x4d, 0x50, 1]), "is an archive of pg_dump"],
      [new Uint8Array([0x28, 0xb5, 0x2f, 0xfd, 1]), "is compressed in a way"],
      [new Uint8Array([0x1f, 0x8b, 8, 0, 0]), "is no whole gzip file"],
    ];
    for (const [text, message] of cases) {
      const error = await importText(text);
      assert(error instanceof FileError || error instanceof UsageError);
      assertStringIncludes(error.message, message);
    }
    const { context } = contextFor(linked());
    for (const [name, text, hint] of [["r.json", "[]", "records create"], ["r.csv", "a", "COPY"]]) {
      await Deno.writeTextFile(`${folder}/${name}`, text!);
      const error = await assertRejects(() => runImport(context, {}, name!), FileError, "not SQL");
      assertStringIncludes(error.hint!, hint!);
    }
    await assertRejects(() => runImport(context, {}, "missing.sql"), FileError, "no such file");
    await Deno.mkdir(`${folder}/none`);
    const noFiles = "is a folder without SQL files";
    await assertRejects(() => runImport(context, {}, "none"), FileError, noFiles);
  });

  it("runs nothing, and says so, where there are comments and space alone", async () => {
    await Deno.mkdir(`${folder}/blank`);
    for (const blank of ["", " \n\t", "-- nothing\n;", "/* not yet */"]) {
      for (const path of ["blank.sql", "blank/1_blank.sql"]) {
        await Deno.writeTextFile(join(folder, path), blank);
      }
      for (const path of ["blank.sql", "blank"]) {
        const { context, show } = contextFor(linked());
        const result = await runImport(context, {}, path);
        assertEquals(Object(result.data).rowsImported, 0);
        assertStringIncludes(await show(result), "nothing to run");
      }
    }
    const skips = await importText("COMMIT;");
    assertStringIncludes(skips.message, "Nothing of file.sql can be imported");
  });

  it("takes nothing for a mistake where tables would be emptied, and of a program that failed", async () => {
    const emptied = await importText("-- rows to come", { truncate: true });
    assertStringIncludes(emptied.message, "file.sql has no SQL statement");
    const { context } = testContext({ cwd: folder, env: linked(), stdin: "" });
    const piped = await assertRejects(() => runImport(context, {}, "-"), UsageError, "no SQL");
    assertStringIncludes(piped.hint!, "failed");
  });

  it("takes a folder of migrations, each a transaction of its own", async () => {
    await Deno.mkdir(`${folder}/migrations`);
    const write = (name: string, text: string) =>
      Deno.writeTextFile(`${folder}/migrations/${name}`, text);
    await write("2_use.sql", "CREATE TABLE felt (m mood);\nINSERT INTO felt VALUES ('so so');");
    await write(
      "1_make.sql",
      "CREATE TYPE mood AS ENUM ('good'); ALTER TYPE mood ADD VALUE 'so so';",
    );
    await write("3_empty.sql", "-- later");
    await write(
      "4_roles.sql",
      "REVOKE ALL ON felt FROM service_role;GRANT ALL ON felt TO service_role",
    );
    await write("README.md", "no SQL");
    const { context, err, show } = contextFor(linked());
    const result = await runImport(context, {}, "migrations");
    assertStringIncludes(await show(result), "Imported migrations: 3 files, 1 table, 1 row.");
    assertStringIncludes(err(), "service_role is called project_admin here (4_roles.sql, line 1)");
    assertEquals(await backend.sql("SELECT m FROM felt"), [{ m: "so so" }]);

    await write("5_bad.sql", "SELECT 1;\nINSERT INTO nowhere VALUES (1);");
    const again = () =>
      runImport(contextFor(linked(), { yes: true }).context, { clean: true }, "migrations");
    const error = await assertRejects(again, CliError);
    assertStringIncludes(
      error.message,
      '5_bad.sql: Import failed: relation "nowhere" does not exist',
    );
    assertEquals([error.facts.file, error.facts.line, error.facts.imported], ["5_bad.sql", 2, 3]);
    assertStringIncludes(error.hint!, "3 files before it were imported and stay");
    await write("6_refused.sql", "ROLLBACK");
    await backend.sql("DROP TABLE felt; DROP TYPE mood");
    await assertRejects(
      () => runImport(context, {}, "migrations"),
      FileError,
      "6_refused.sql, line 1",
    );
    assertEquals(await backend.sql("SELECT to_regtype('mood') AS mood"), [{ mood: null }]);
    const truncate = () => runImport(context, { truncate: true }, "migrations");
    await assertRejects(truncate, UsageError, "takes one file, not a folder");
  });

  it("puts days among times, removes triggers on users, and says which extension is wanting", async () => {
    await Deno.mkdir(`${folder}/days`);
    const write = (name: string, text: string) =>
      Deno.writeTextFile(`${folder}/days/${name}`, text);
    await write("20240102030405_make.sql", "CREATE TABLE moth (id uuid);");
    await write(
      "20240103_greet.sql",
      `ALTER TABLE moth ADD COLUMN email text;
       CREATE FUNCTION greet() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
       CREATE TRIGGER greet AFTER INSERT ON auth.users FOR EACH ROW EXECUTE FUNCTION greet();`,
    );
    await write(
      "20240103040506_fill.sql",
      "ALTER TABLE moth ALTER id SET DEFAULT uuid_generate_v1(), ALTER email SET DEFAULT soundex('x');",
    );
    const { context } = contextFor(linked(), { yes: true });
    for (const wishes of [{}, { clean: true }]) {
      const error = await assertRejects(() => runImport(context, wishes, "days"), CliError);
      assertStringIncludes(
        error.message,
        "20240103040506_fill.sql: Import failed: function soundex",
      );
      assertStringIncludes(error.hint!, "anew with --clean. The extension fuzzystrmatch has it");
    }
    await backend.sql("DROP TABLE moth; DROP FUNCTION greet CASCADE");
  });

  it("says which file of a folder makes what another one lacks", async () => {
    await Deno.mkdir(`${folder}/unnumbered`);
    const write = (name: string, text: string) =>
      Deno.writeTextFile(`${folder}/unnumbered/${name}`, text);
    await write("combs.sql", "CREATE TABLE comb (skep int REFERENCES public.skep (id));");
    await write("skeps.sql", "CREATE TABLE skep (id int PRIMARY KEY);");
    const { context } = contextFor(linked());
    const error = await assertRejects(() => runImport(context, {}, "unnumbered"), CliError);
    assertStringIncludes(error.message, 'combs.sql: Import failed: relation "public.skep" does');
    assertStringIncludes(error.hint!, "Nothing was imported. skeps.sql makes it: number the files");
  });

  it("takes folders of a folder each, and leaves out what takes migrations back", async () => {
    const write = async (path: string, text: string) => {
      await Deno.mkdir(`${folder}/nested/${dirname(path)}`, { recursive: true });
      await Deno.writeTextFile(`${folder}/nested/${path}`, text);
    };
    await write("V9__prisma/migration.sql", "CREATE TABLE nested (a int);");
    await write("10_diesel/up.sql", "INSERT INTO nested VALUES (1);");
    await write("10_diesel/down.sql", "DROP TABLE nested;");
    const later = "2017-09-23-182408_diesel";
    await write(`${later}/up.sql`, "ALTER TABLE nested ADD COLUMN later int;");
    await write("20160101000000_diesel/up.sql", "ALTER TABLE nested ADD COLUMN b int;");
    await write("11_go.up.sql", "INSERT INTO nested VALUES (2);");
    await write("11_go.down.sql", "DROP TABLE nested;");
    await write(
      "12.sql",
      "-- migrate:up\nINSERT INTO nested VALUES (3);\n-- migrate:down\nDROP TABLE nested;",
    );
    await write("meta/journal.json", "{}");
    const { context, err, show } = contextFor(linked());
    const result = await runImport(context, {}, "nested");
    assertStringIncludes(await show(result), "Imported nested: 6 files, 1 table, 3 rows.");
    assertStringIncludes(err(), "Left out of nested: 1 part that takes a migration back.");
    const [row] = await backend.sql("SELECT * FROM nested");
    assertEquals(Object.keys(row!), ["a", "b", "later"]);
    await write("0001_loose.sql", "SELECT 1;");
    const lost = await assertRejects(
      () => runImport(contextFor(linked()).context, {}, "nested"),
      FileError,
    );
    assertStringIncludes(lost.message, "beside them 0001_loose.sql, whose place");
    await Deno.remove(`${folder}/nested/0001_loose.sql`);
    await write("bad/migration.sql", "SELECT 1;\nSELECT nowhere;");
    const error = await assertRejects(
      () => runImport(contextFor(linked(), { yes: true }).context, { clean: true }, "nested"),
      CliError,
    );
    assertStringIncludes(error.message, "migration.sql: Import failed");
    assertEquals([error.facts.file, error.facts.line], [join("bad", "migration.sql"), 2]);
  });

  it("lets keys rest where a file of schema and rows switches triggers off", async () => {
    const sql = [
      "CREATE TABLE hen (id int PRIMARY KEY, egg int); CREATE TABLE egg (id int PRIMARY KEY, hen int);",
      "ALTER TABLE hen ADD FOREIGN KEY (egg) REFERENCES egg; ALTER TABLE egg ADD FOREIGN KEY (hen) REFERENCES hen;",
      "ALTER TABLE hen DISABLE TRIGGER ALL;",
      "INSERT INTO hen VALUES (1, 1);",
      "ALTER TABLE hen ENABLE TRIGGER ALL;",
      "ALTER TABLE egg DISABLE TRIGGER ALL;",
      "INSERT INTO egg VALUES (1, 1);",
      "ALTER TABLE egg ENABLE TRIGGER ALL;",
      "CREATE INDEX ON egg (hen);",
    ];
    await Deno.writeTextFile(`${folder}/hens.sql`, sql.join("\n"));
    await runImport(contextFor(linked()).context, {}, "hens.sql");
    assertEquals(await backend.sql("SELECT hen.id FROM hen JOIN egg ON hen.egg = egg.id"), [{
      id: 1,
    }]);
    await assertRejects(() => backend.sql("INSERT INTO hen VALUES (2, 2)"), Error, "foreign key");
    const error = await importText(`DROP TABLE hen, egg;\n${sql.toSpliced(6, 1).join("\n")}`);
    assertStringIncludes(error.message, "violates foreign key");
  });

  it("lets keys rest for the rows of Supabase's dump, which has the session switch them off", async () => {
    await backend.sql(
      "CREATE TABLE hive (id int PRIMARY KEY); CREATE TABLE bee (id int, hive int REFERENCES hive);",
    );
    const rows = "INSERT INTO bee VALUES (1, 1);\nINSERT INTO hive VALUES (1);\nRESET ALL;";
    assertStringIncludes((await importText(rows)).message, "violates foreign key");
    await Deno.writeTextFile(
      `${folder}/bees.sql`,
      `SET session_replication_role = replica;\n${rows}`,
    );
    await runImport(contextFor(linked()).context, {}, "bees.sql");
    assertEquals(await backend.sql("SELECT hive FROM bee"), [{ hive: 1 }]);
    await assertRejects(() => backend.sql("INSERT INTO bee VALUES (2, 2)"), Error, "foreign key");
    await backend.sql("DROP TABLE bee, hive");
  });

  it("takes Supabase's policies on objects, and names its buckets", async () => {
    await Deno.writeTextFile(
      `${folder}/storage.sql`,
      `insert into storage.buckets (id, name, public) values ('avatars', 'avatars', true) on conflict do nothing;
       create policy "of buckets" on storage.buckets for select using (true);
       create policy "own" on storage.objects for select to authenticated
         using (bucket_id = 'avatars' and (storage.foldername(name))[1] = 'x' and owner = auth.uid());`,
    );
    const { context, err } = contextFor(linked());
    await runImport(context, {}, "storage.sql");
    assertStringIncludes(err(), "1 bucket of Supabase (avatars)");
    assertMatch(err(), /^ {2}insforge storage create-bucket avatars$/m);
    assertStringIncludes(err(), "1 statement on Supabase's own schemas");
    assertStringIncludes(
      err(),
      "are called bucket, key and uploaded_by here (storage.sql, line 3)",
    );
    await runImport(contextFor(linked(), { yes: true }).context, { clean: true }, "storage.sql");
    const [policy] = await backend.sql("SELECT qual FROM pg_policies WHERE policyname = 'own'");
    assertStringIncludes(String(policy!.qual), "uploaded_by");
  });

  it("leaves names in a policy on objects to the tables that its queries read", async () => {
    const policies = ["crew", "ship"].map((table) =>
      `CREATE POLICY ${table} ON storage.objects USING (EXISTS (
         SELECT 1 FROM ${table} WHERE ${table}.id::text = (storage.foldername(name))[1]));`
    );
    await Deno.writeTextFile(
      `${folder}/crews.sql`,
      `CREATE TABLE crew (id int, name text); CREATE TABLE ship (id int);
       ALTER TABLE ship ADD COLUMN key text; ${policies.join("\n")}`,
    );
    await runImport(contextFor(linked()).context, {}, "crews.sql");
    const quals = await backend.sql(
      "SELECT qual FROM pg_policies WHERE policyname IN ('crew', 'ship') ORDER BY policyname",
    );
    const [crew, ship] = quals.map(({ qual }) => /foldername\(([\w.]+)\)/.exec(String(qual))?.[1]);
    assertEquals([crew, ship], ["crew.name", "objects.key"]);
    await backend.sql("DROP TABLE crew, ship CASCADE");
  });

  it("makes the users of a seed of Supabase's, who sign in; those of its dump are left out", async () => {
    const id = "7f000000-0000-4000-8000-000000000001";
    const seed = `CREATE TABLE note (writer uuid REFERENCES auth.users (id));
      insert into auth.users (instance_id, id, aud, -- it's ours
        "email", encrypted_password, email_confirmed_at, raw_user_meta_data, created_at)
      values (NULL, '${id}', 'on conflict', 'ida@example.com',
        extensions.crypt('seven bees', extensions.gen_salt('bf', 4)), now(), '{"name": "Ida"}', NULL)
      on conflict (id) do nothing;
      INSERT INTO note VALUES ('${id}');`;
    await Deno.writeTextFile(`${folder}/seed.sql`, seed);
    const { context, err } = contextFor(linked());
    await runImport(context, {}, "seed.sql");
    assertStringIncludes(err(), "email_verified, profile and metadata here (seed.sql, line 2)");
    const answer = await fetch(`${backend.url}/api/auth/sessions`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ email: "ida@example.com", password: "seven bees" }),
    });
    assertEquals([answer.status, (await answer.json()).user?.profile?.name], [200, "Ida"]);
    const dump = "SET check_function_bodies = false;\nSELECT 1;\n" +
      "INSERT INTO auth.users (instance_id, id) VALUES (NULL, NULL);";
    await Deno.writeTextFile(`${folder}/people.sql`, dump);
    const people = contextFor(linked());
    await runImport(people.context, {}, "people.sql");
    assertStringIncludes(people.err(), "1 statement on Supabase's own schemas");
    await backend.sql("DROP TABLE note");
  });

  it("makes the users of a block, and of a function, of Supabase's form", async () => {
    const columns = "id, instance_id, email, encrypted_password, email_confirmed_at";
    const insert = (name: string) => `
        INSERT INTO auth.users (${columns}) -- with a ; in it
        VALUES (user_id, NULL, '${name};@example.com', extensions.crypt(email, extensions.gen_salt('bf', 4)), now())
        RETURNING id INTO user_id;
        IF true THEN
          INSERT INTO auth.identities (id, user_id) VALUES (gen_random_uuid(), user_id);
        END IF;
        INSERT INTO kept VALUES (user_id, 'INSERT INTO auth.users (instance_id) VALUES (1);');`;
    const seed = `CREATE TABLE kept (writer uuid REFERENCES auth.users (id), said text);
      DO $$
      DECLARE user_id uuid := gen_random_uuid(); email text := 'a variable as a column is called';
      BEGIN ${insert("bea")}
      END $$;
      CREATE FUNCTION make_user(email text) RETURNS uuid LANGUAGE 'plpgsql' AS $make$
      DECLARE user_id uuid := gen_random_uuid();
      BEGIN ${insert("cy")} RETURN user_id;
      END $make$;
      CREATE FUNCTION is_sql() RETURNS void LANGUAGE sql AS $$ SELECT NULL $$;
      SELECT make_user('a');`;
    await Deno.writeTextFile(`${folder}/block.sql`, seed);
    const { context, err } = contextFor(linked());
    await runImport(context, {}, "block.sql");
    assertStringIncludes(
      err(),
      "password, email_verified, profile and metadata here (block.sql, line 2)",
    );
    assertStringIncludes(err(), "2 statements on Supabase's own schemas");
    const people = await backend.sql(
      "SELECT email, email_verified, said FROM auth.users JOIN kept ON writer = id ORDER BY email",
    );
    const said = "INSERT INTO auth.users (instance_id) VALUES (1);";
    assertEquals(people, [
      { email: "bea;@example.com", email_verified: true, said },
      { email: "cy;@example.com", email_verified: true, said },
    ]);
    await backend.sql("DROP TABLE kept");
  });

  it("has users sign up whose rows a trigger of Supabase's copies, and drops such a trigger", async () => {
    const trigger = `CREATE TRIGGER "on sign-up" AFTER INSERT ON auth.users
      FOR EACH ROW EXECUTE PROCEDURE copy_person();`;
    const once = `CREATE OR REPLACE FUNCTION copy_person() RETURNS trigger AS $$ BEGIN
        INSERT INTO person VALUES (uuid_generate_v4(), new.raw_user_meta_data ->> 'name',
          new.email_confirmed_at IS NOT NULL);
        RETURN new;
      END $$ LANGUAGE plpgsql SECURITY DEFINER;
      DROP TRIGGER IF EXISTS "on sign-up" ON auth.users;
      ${trigger}`;
    await Deno.mkdir(`${folder}/people`);
    const files = {
      "1.sql": `CREATE TABLE person (id uuid PRIMARY KEY, name text, confirmed boolean);\n${once}`,
      "2.sql": `DO $$ BEGIN ALTER PUBLICATION supabase_realtime ADD TABLE person; END $$;\n${once}`,
    };
    for (const [name, text] of Object.entries(files)) {
      await Deno.writeTextFile(`${folder}/people/${name}`, text);
    }
    const { context, err } = contextFor(linked());
    await runImport(context, {}, "people");
    assertStringIncludes(err(), "Left out of people: 1 publication statement.");
    assertStringIncludes(err(), "profile and metadata here (1.sql, line 2)");
    const signUp = async (email: string) => {
      const answer = await fetch(`${backend.url}/api/auth/users`, {
        method: "POST",
        headers: { "content-type": "application/json", authorization: `Bearer ${backend.apiKey}` },
        body: JSON.stringify({ email, password: "seven bees", name: "Eve" }),
      });
      await answer.body?.cancel();
      assertEquals(answer.status, 200);
    };
    await signUp("eve@example.com");
    const people = "SELECT name, confirmed FROM person";
    assertEquals(await backend.sql(people), [{ name: "Eve", confirmed: false }]);
    await Deno.writeTextFile(`${folder}/drop.sql`, `DROP TRIGGER "on sign-up" ON auth.users;`);
    await runImport(contextFor(linked()).context, {}, "drop.sql");
    await signUp("adam@example.com");
    assertEquals((await backend.sql(people)).length, 1);
    await backend.sql("DROP FUNCTION copy_person CASCADE; DROP TABLE person");
  });

  it("says what to type for Supabase's buckets and secrets, and what its extensions have", async () => {
    const error = await importText(
      `INSERT INTO storage.buckets (id, name, "public", allowed_mime_types) VALUES
         ('a', 'a', true, ARRAY['image/png', 'x']), ('b c', 'b', false, null);
       INSERT INTO storage.buckets (id, name) SELECT 'd', 'd' WHERE true ON CONFLICT (id) DO NOTHING;
       UPDATE storage.buckets SET public = true WHERE id = 'd';
       SELECT vault.create_secret('x, y', 'api-key');`,
    );
    assertStringIncludes(error.message, "3 buckets of Supabase (a, b c, d), 1 statement on");
    assertStringIncludes(error.message, "1 secret of Supabase's vault (api-key)");
    assertEquals(error.hint?.split("\n  ").slice(1), [
      "insforge storage create-bucket a",
      "insforge storage create-bucket 'b c' --private",
      "insforge storage create-bucket d --private",
      "insforge secrets add API_KEY",
    ]);
    const queue = await importText("CREATE EXTENSION pgmq;\nSELECT pgmq.create('jobs');");
    assertStringIncludes(queue.hint!, "the extension pgmq, which the backend does not have");
    const object = await importText("CREATE TABLE t (o uuid REFERENCES storage.objects (id));");
    assertStringIncludes(object.hint!, "REFERENCES storage.objects (bucket, key)");
    const call = await importText("SELECT net.http_post('http://localhost', '{}');");
    assertStringIncludes(call.hint!, "insforge schedules create");
  });

  it("reads standard input, and leaves nothing of it behind", async () => {
    const { context, show } = testContext({
      cwd: folder,
      env: linked(),
      stdin: "CREATE TABLE piped (a int); INSERT INTO piped VALUES (1), (2)",
    });
    const result = await runImport(context, {}, "-");
    assertEquals(result.data, {
      success: true,
      message: "The SQL file was imported",
      filename: "stdin.sql",
      tables: ["piped"],
      rowsImported: 2,
      fileSize: 61,
    });
    assertStringIncludes(await show(result), "Imported Standard input: 1 table, 2 rows.");
  });

  it("asks before it empties tables", async () => {
    await backend.sql("CREATE TABLE kept (a int)");
    await backend.sql("INSERT INTO kept VALUES (1)");
    const error = await importText("SELECT 1", { truncate: true });
    assertStringIncludes(error.message, "kept");
    assertEquals((await backend.sql("SELECT * FROM kept")).length, 1);
    const { context } = contextFor(linked(), { yes: true });
    await runImport(context, { truncate: true }, "file.sql");
    assertEquals(await backend.sql("SELECT * FROM kept"), []);
  });

  it("R42: says how large a file is that the backend does not take", async () => {
    await using server = stubServer(() => envelope(413, "STORAGE_INVALID_PARAMETER", "Too large"));
    await Deno.writeTextFile(`${folder}/large.sql`, `SELECT '${"x".repeat(3_000_000)}'`);
    const { context } = contextFor(linkedTo(server));
    const error = await assertRejects(() => runImport(context, {}, "large.sql"), CliError);
    assertStringIncludes(error.message, "larger than the backend allows: it has 2.9 MiB");
    assertEquals(error.exitCode, 1);
    assertEquals(server.requests.length, 1);
  });

  it("finds the statement, and the row, that a backend does not name", async () => {
    // Fails at the statement that has "nope", as the real backend does: with PostgreSQL's words
    // alone.
    await using server = stubServer(({ body }) => {
      const raised = /insforge: statement \d+/.exec(body.slice(body.indexOf("nope")));
      const words = `${raised ? `${raised[0]}: ` : ""}relation "nope" does not exist`;
      return envelope(400, "INVALID_INPUT", `Import failed: ${words}`);
    });
    const { context } = contextFor(linkedTo(server));
    const cases: [string, number, string][] = [
      ["SELECT 1;\n\nSELECT *\nFROM a; SELECT * FROM nope;", 4, "SELECT * FROM nope"],
      ["COPY t FROM stdin;\n1\n2\nnope\n4\n\\.\nSELECT 1;", 4, "VALUES ('nope')"],
    ];
    for (const [text, line, statement] of cases) {
      await Deno.writeTextFile(`${folder}/file.sql`, text);
      const error = await assertRejects(() => runImport(context, {}, "file.sql"), CliError);
      assertStringIncludes(error.message, `does not exist (SQLSTATE 42P01) (line ${line})`);
      assertStringIncludes(error.excerpt!, statement);
      assertEquals([error.exitCode, error.hint], [1, "Nothing was imported."]);
    }
    assertEquals(server.requests.length, 2 + 3);
  });

  it("finds what does not parse, and what no backend runs, by itself", async () => {
    const words = ["Query could not be parsed and was rejected.", "Managing roles is not allowed."];
    for (const [index, text] of ["SELECT 1;\nSELEC 2;", "SELECT 1;\nDROP ROLE anon;"].entries()) {
      await using server = stubServer(() => envelope(403, "FORBIDDEN", words[index]!));
      await Deno.writeTextFile(`${folder}/file.sql`, text);
      const { context } = contextFor(linkedTo(server));
      const error = await assertRejects(() => runImport(context, {}, "file.sql"), CliError);
      assertStringIncludes(error.message, "(line 2)");
      assertEquals([error.exitCode, server.requests.length], [index === 0 ? 1 : 5, 1]);
    }
  });

  it("takes a file that is too large for one request in parts, and says so", async () => {
    const seen: string[] = [];
    await using server = stubServer(({ body }) => {
      seen.push(body);
      if (seen.length === 3) {
        const details = { sqlstate: "23505", line: 2, statement: "INSERT" };
        return Response.json({ error: "INVALID_INPUT", message: "Import failed", details }, {
          status: 400,
        });
      }
      return Response.json({ success: true, tables: ["t"], rowsImported: 5 });
    });
    const line = `INSERT INTO t VALUES ('${"x".repeat(1_000_000)}');\n`;
    const writer = (await Deno.open(`${folder}/huge.sql`, { write: true, create: true })).writable
      .getWriter();
    for (let n = 0; n < 56; n++) await writer.write(new TextEncoder().encode(line));
    await writer.close();
    const { context, err } = contextFor(linkedTo(server));
    const error = await assertRejects(() => runImport(context, {}, "huge.sql"), CliError);
    assertStringIncludes(err(), "in parts, each a transaction of its own");
    const lines = seen.map((body) => body.split("INSERT INTO").length - 1);
    assertEquals(error.facts.line, lines[0]! + lines[1]! + 2);
    assertStringIncludes(error.hint!, `before line ${lines[0]! + lines[1]! + 1} was imported`);
    assertEquals(seen.length, 3);
  });
});
