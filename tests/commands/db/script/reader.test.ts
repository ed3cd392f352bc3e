import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { type Item, readItems } from "../../../../src/commands/db/script/reader.ts";
import { Translation } from "../../../../src/commands/db/script/translate.ts";

const FILE = String.raw`-- \not a command
\restrict abc
SELECT 1, '
\a string';
/* \not
\one either */ COPY public."T 1" (a, b) FROM stdin;
1	x\ty\nz\\'
\N	FROM stdin;
\\	it's
\.
\connect b
SELECT 2;
copy u FROM STDIN WITH (FORMAT text);
\.
SELECT 3`;

/** The file in pieces of some bytes. */
const open = (text: string, size: number) => () =>
  Promise.resolve(
    ReadableStream.from(function* () {
      const bytes = new TextEncoder().encode(text);
      for (let at = 0; at < bytes.length; at += size) yield bytes.slice(at, at + size);
    }()),
  );

/** Rows may come in any number of items. */
function shown(items: readonly Item[]): unknown[] {
  return items.flatMap((item) =>
    item.kind === "rows"
      ? item.lines.map((text, index) => [item.line + index, "row", text])
      : [[item.line, item.kind, item.kind === "down" ? "" : item.text]]
  );
}

describe("a file of psql", () => {
  it("has statements, commands and rows, however it comes", async () => {
    for (
      const [text, sizes] of [[FILE, [1, 2, 7, 64, 100_000]], [
        FILE.replaceAll("\n", "\r\n").replace("'\r\n", "'\n"),
        [1, 100_000],
      ]] as const
    ) {
      for (const size of sizes) {
        const items = (await Array.fromAsync(readItems(open(text, size), "a.sql"))).flat();
        assertEquals(shown(items), [
          [2, "command", String.raw`\restrict abc`],
          [3, "statement", "SELECT 1, '\n\\a string'"],
          [6, "statement", 'COPY public."T 1" (a, b) FROM stdin'],
          [7, "row", String.raw`1	x\ty\nz\\'`],
          [8, "row", String.raw`\N	FROM stdin;`],
          [9, "row", String.raw`\\	it's`],
          [11, "command", String.raw`\connect b`],
          [12, "statement", "SELECT 2"],
          [13, "statement", "copy u FROM STDIN WITH (FORMAT text)"],
          [15, "statement", "SELECT 3"],
        ]);
      }
    }
  });

  it("ends where psql quits", async () => {
    for (const size of [1, 100_000]) {
      const text = "SELECT 1;\n\\q\nno SQL;\nCOPY t FROM stdin;\n";
      const items = (await Array.fromAsync(readItems(open(text, size), "a.sql"))).flat();
      assertEquals(shown(items), [[1, "statement", "SELECT 1"], [2, "command", "\\q"]]);
    }
  });

  it("gives its rows as INSERT, on their own lines, and counts them", async () => {
    const text = FILE.replace("\\connect b\n", "\n");
    const translation = new Translation("a.sql");
    const pieces = (await Array.fromAsync(translation.pieces(open(text, 1000)))).flat();
    assertEquals(pieces.map(({ sql, line }) => [line, sql])[1], [
      6,
      `INSERT INTO public."T 1" (a, b) OVERRIDING SYSTEM VALUE VALUES\n` +
      `('1',E'x\ty\\nz\\\\'''),\n(NULL,'FROM stdin;'),\n('\\','it''s')`,
    ]);
    assertEquals([translation.facts.tables, translation.facts.rows], [["T 1", "u"], 3]);
  });

  it("ends where the part begins that takes a migration back", async () => {
    const marks = ["-- +goose Down", "-- migrate:down", "--+migrate Down", "-- Down Migration"];
    for (const mark of marks) {
      for (const size of [3, 1000]) {
        const translation = new Translation("a.sql");
        const sql =
          `-- up\nCREATE TABLE t (a text);\n-- go down;\nSELECT '\n${mark}';\n${mark}\nDROP TABLE t;\n`;
        const pieces = (await Array.fromAsync(translation.pieces(open(sql, size)))).flat();
        const sent = pieces.map(({ sql }) => sql);
        assertEquals(sent, ["CREATE TABLE t (a text)", `SELECT '\n${mark}'`], mark);
        assertEquals(translation.skipped.list(), [{ kind: "down", count: 1, line: 6 }]);
      }
    }
  });

  it("may say that backslashes escape in all literals", async () => {
    const sql = String.raw`SET standard_conforming_strings = off;
      SELECT 'it\'s; one', E'\\', $$'\$$, "\'"; SELECT '\\'';';
      SET standard_conforming_strings TO 'on'; SELECT '\'; SELECT 2`;
    const translation = new Translation("a.sql");
    const pieces = (await Array.fromAsync(translation.pieces(open(sql, 5)))).flat();
    assertEquals(pieces.map(({ sql }) => sql), [
      String.raw`SELECT E'it''s; one', E'\\', $$'\$$, "\'"`,
      String.raw`SELECT E'\\'';'`,
      String.raw`SELECT '\'`,
      "SELECT 2",
    ]);
  });

  it("may be a dump of the whole of Supabase, of which the project's part is taken", async () => {
    const sql = [
      "CREATE SCHEMA auth;",
      "CREATE TYPE auth.aal AS ENUM ('a');",
      "CREATE FUNCTION public.uses() RETURNS auth.aal LANGUAGE sql AS 'select auth.x()';",
      "CREATE UNIQUE INDEX i ON auth.users (a);",
      "COMMENT ON COLUMN auth.users.a IS 'public.x';",
      "COPY auth.users (id) FROM stdin;",
      "1",
      "\\.",
      "COPY public.t (id) FROM stdin;",
      "2",
      "\\.",
      "SELECT pg_catalog.setval('auth.s', 1, true);",
      "SELECT pg_catalog.setval('public.s', 1, true);",
      "GRANT USAGE ON SCHEMA graphql TO anon;",
      "CREATE TRIGGER own AFTER INSERT ON auth.users FOR EACH ROW EXECUTE FUNCTION public.f();",
      "CREATE TRIGGER u BEFORE UPDATE ON storage.objects FOR EACH ROW EXECUTE FUNCTION storage.u();",
      "CREATE POLICY p ON storage.objects USING (true);",
      'CREATE POLICY "A person may read their data." ON auth.users USING (true);',
      "ALTER TABLE ONLY public.t ADD CONSTRAINT k FOREIGN KEY (id) REFERENCES auth.users(id);",
    ].join("\n");
    const translation = new Translation("a.sql");
    const pieces = (await Array.fromAsync(translation.pieces(open(sql, 50)))).flat();
    assertEquals(pieces.map(({ line }) => line), [3, 9, 13, 15, 17, 19]);
    assertEquals(translation.skipped.list(), [{ kind: "platform", count: 9, line: 1 }]);
  });

  it("may fill tables in Supabase's way, which is left out", async () => {
    const sql = [
      "COPY auth.users (id, instance_id) FROM stdin;",
      "\\.",
      'INSERT INTO "auth"."identities" (id) VALUES (1);',
      'COPY "storage"."objects" ("id", "bucket_id") FROM stdin;',
      "1",
      "\\.",
      "COPY storage.buckets (id) FROM stdin;",
      "\\.",
      "INSERT INTO storage.buckets (id) VALUES ('a');",
      "INSERT INTO auth.users (id, email) VALUES (1, 'a');",
    ].join("\n");
    const translation = new Translation("a.sql");
    const pieces = (await Array.fromAsync(translation.pieces(open(sql, 50)))).flat();
    assertEquals(pieces.map(({ line }) => line), [10]);
    const left = translation.skipped.list().map(({ kind, count }) => [kind, count]);
    assertEquals(left, [["platform", 4], ["bucket", 1]]);
  });

  it("puts INSERTs of a row together, where nothing fires for them", async () => {
    const sql = [
      "CREATE TABLE t (a int, b text); CREATE TABLE u (a int);",
      "INSERT INTO t VALUES (1, 'a');",
      "INSERT INTO t VALUES (2, NULL);",
      "",
      "INSERT INTO t VALUES (3, E'\\n');",
      "INSERT INTO t VALUES (4);",
      "INSERT INTO t (a) VALUES (5);",
      "INSERT INTO t (a) VALUES (6);INSERT INTO t (a) VALUES (7);",
      "INSERT INTO t (a) VALUES (8 + 1);",
      "INSERT INTO other VALUES (1);",
      "INSERT INTO other VALUES (2);",
      "CREATE TRIGGER g AFTER INSERT ON t EXECUTE FUNCTION f();",
      "INSERT INTO u VALUES (1);",
      "INSERT INTO u VALUES (2);",
    ].join("\n");
    const linesOf = async (options = {}) => {
      const translation = new Translation("a.sql", options);
      const pieces = (await Array.fromAsync(translation.pieces(open(sql, 1000)))).flat();
      assertEquals(translation.facts.rows, 12);
      return pieces.filter(({ sql }) => sql.startsWith("I")).map(({ sql, line }) => [line, sql]);
    };
    assertEquals(await linesOf(), [
      [2, "INSERT INTO t VALUES (1, 'a'),\n(2, NULL),\n\n(3, E'\\n')"],
      [6, "INSERT INTO t VALUES (4)"],
      [7, "INSERT INTO t (a) VALUES (5),\n(6)"],
      [8, "INSERT INTO t (a) VALUES (7)"],
      [9, "INSERT INTO t (a) VALUES (8 + 1)"],
      [10, "INSERT INTO other VALUES (1)"],
      [11, "INSERT INTO other VALUES (2)"],
      [13, "INSERT INTO u VALUES (1)"],
      [14, "INSERT INTO u VALUES (2)"],
    ]);
    assertEquals((await linesOf({ rests: true })).slice(-2), [
      [10, "INSERT INTO other VALUES (1),\n(2)"],
      [13, "INSERT INTO u VALUES (1),\n(2)"],
    ]);
  });

  it("may hold millions of rows, and is never in memory as a whole", async () => {
    let given = 0;
    let taken = 0;
    const rows = new TextEncoder().encode(`${"x".repeat(100)}\n`.repeat(1000));
    const chunks = function* () {
      yield new TextEncoder().encode("COPY t FROM stdin;\n");
      for (; given < 100; given++) yield rows;
      yield new TextEncoder().encode("\\.\n");
    };
    const source = () =>
      Promise.resolve(ReadableStream.from(chunks()) as ReadableStream<Uint8Array<ArrayBuffer>>);
    const translation = new Translation("a.sql");
    for await (const pieces of translation.pieces(source)) {
      taken += pieces.reduce((sum, { sql }) => sum + sql.length, 0);
      assertEquals(given * rows.length - taken < 5 * rows.length, true);
    }
    assertEquals(translation.facts.rows, 100_000);
  });

  it("counts the rows that INSERT has, where none is computed", async () => {
    const rowsOf = async (sql: string) => {
      const translation = new Translation("a.sql");
      await Array.fromAsync(translation.pieces(open(sql, 1000)));
      return translation.facts.rows;
    };
    assertEquals(await rowsOf("INSERT INTO t VALUES (1, (2)), (3, ')')"), 2);
    assertEquals(await rowsOf(`INSERT INTO "a b".t ("a", b) VALUES (1, 2); SELECT 1`), 1);
    assertEquals(await rowsOf("INSERT INTO t SELECT 1"), undefined);
    assertEquals(await rowsOf("INSERT INTO t VALUES (1) ON CONFLICT (a) DO NOTHING"), undefined);
  });
});
