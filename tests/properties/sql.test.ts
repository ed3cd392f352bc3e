import { PGlite } from "@electric-sql/pglite";
import { assert, assertEquals } from "@std/assert";
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { runExport } from "../../src/commands/db/export.ts";
import { runImport } from "../../src/commands/db/import.ts";
import { quoteLiteral, quoteName } from "../../src/server/database/names.ts";
import { loadPackedPglite } from "../../src/server/database/packed_pglite.ts";
import { parseStatements } from "../../src/server/database/statements.ts";
import { splitStatements, StatementSplitter } from "../../src/shared/sql/splitter.ts";
import { anyText, argumentText, fc, holds } from "../support/arbitraries.ts";
import { startBackend, type TestBackend } from "../support/backend.ts";
import { testContext } from "../support/context.ts";

/** Pieces that begin, end or look like quotes, comments, blocks and statements. */
const PIECES = [
  ";",
  ";\n",
  "'",
  "''",
  '"',
  '""',
  "$$",
  "$a$",
  "$1",
  "$",
  "a$b",
  "a$$",
  "\u00e9$$",
  "\u00a0",
  "\ufeff",
  "\v",
  "\f",
  "--",
  "-- x;\n",
  "/*",
  "*/",
  "/* ; */",
  "(",
  ")",
  "E'",
  "e'\\''",
  "U&'",
  "N'",
  "B'1'",
  "\\",
  "\r\n",
  " ",
  "\n",
  "SELECT 1",
  "SELECT",
  "'a;b'",
  "$$;$$",
  "CASE",
  "WHEN true THEN 1",
  "BEGIN",
  "END",
  "BEGIN ATOMIC",
  "CREATE FUNCTION f() RETURNS int",
  "1e",
  "1.5",
  "*/*",
  "-",
  "/",
  ",",
  "x",
] as const;

const pieces = fc.array(
  fc.oneof({ weight: 8, arbitrary: fc.constantFrom(...PIECES) }, { weight: 1, arbitrary: anyText }),
  { maxLength: 14 },
).map((parts) => parts.join(" ".repeat(parts.length % 2)));

/** Whole statements with separators between them. */
const statement = fc.oneof(
  fc.constantFrom(
    "SELECT 1",
    "SELECT 'a;''b'",
    "SELECT E'\\';\\\\'",
    "SELECT e'\\';\\\\'",
    'SELECT 1 AS "a;""b"',
    "SELECT $$;$$, $a$ ; $$ $a$",
    "SELECT /* ; /* ; */ ; */ 1",
    "SELECT 1 -- ;\n + 1",
    "SELECT CASE WHEN true THEN 1 END",
    "BEGIN",
    "END",
    "SELECT ((1))",
    "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT CASE WHEN true THEN 1 END; SELECT 2; END",
    "CREATE RULE r AS ON INSERT TO a DO ALSO (INSERT INTO b VALUES (1); DELETE FROM c)",
  ),
  argumentText.map((text) => `SELECT ${quoteLiteral(text)}`),
  argumentText.map((text) => `SELECT 1 AS ${quoteName(`x${text}`)}`),
  argumentText.filter((text) => !text.includes("$q$")).map((text) => `SELECT $q$${text} $q$`),
);
const separator = fc.constantFrom(";", " ;\n", ";;", "; -- x;\n", ";/* ; */", "\n;\r\n");
const script = fc.array(fc.tuple(statement, separator), { maxLength: 6 });

const textsOf = (sql: string) => splitStatements(sql).map(({ text }) => text);

/** A text that PostgreSQL can hold. */
const storable = argumentText;
const name = argumentText
  .map((text) => `x${text}`)
  .filter((text) => new TextEncoder().encode(text).length <= 60);

describe("SQL text", () => {
  it("is split the same way, however it is cut into pieces", () =>
    holds([pieces, fc.array(fc.nat(60), { maxLength: 6 })], 60, (sql, cuts) => {
      const splitter = new StatementSplitter();
      const ends = [...cuts.sort((a, b) => a - b), sql.length];
      const found = ends.flatMap((end, index) =>
        splitter.push(sql.slice(ends[index - 1] ?? 0, end))
      );
      assertEquals([...found, ...splitter.end()], splitStatements(sql));
    }));

  it("loses nothing but blanks, comments and semicolons, and its lines are right", () =>
    holds([pieces], 60, (sql) => {
      let from = 0;
      for (const { text, line } of splitStatements(sql)) {
        const at = sql.indexOf(text, from);
        assert(at !== -1, "a statement is not in the text");
        assertEquals(line, sql.slice(0, at).split("\n").length);
        from = at + text.length;
      }
    }));

  it("of whole statements is split between them, and joining them gives them again", () =>
    holds([script], 60, (parts) => {
      const statements = parts.map(([text]) => text);
      assertEquals(textsOf(parts.flat().join("")), statements.map((text) => text.trimEnd()));
      const texts = textsOf(statements.map((text) => `${text};\n`).join(""));
      assertEquals(textsOf(texts.map((text) => `${text};\n`).join("")), texts);
    }));

  it("is split as PostgreSQL's own parser does, where that takes it", () =>
    holds([fc.oneof(pieces, script.map((parts) => parts.flat().join("")))], 150, async (sql) => {
      if (sql.includes("\0") || !sql.isWellFormed()) return;
      const parsed = await parseStatements(sql).catch(() => undefined);
      if (!parsed) return;
      assertEquals(splitStatements(sql).length, parsed.length);
    }, [["SELECT 1 AS a\u00a0$$; SELECT 2 AS b$$"]]));
});

describe("SQL on a real database", () => {
  let database: PGlite;
  let backend: TestBackend;
  let folder: string;

  beforeAll(async () => {
    folder = await Deno.makeTempDir();
    [database, backend] = await Promise.all([
      PGlite.create({ ...await loadPackedPglite() }),
      startBackend(),
    ]);
  });
  afterAll(async () => {
    await Promise.all([database.close(), backend.close()]);
    await Deno.remove(folder, { recursive: true });
  });

  it("what the splitter calls one statement is never several to the server", () =>
    holds([pieces], 60, async (sql) => {
      for (const text of textsOf(sql.toWellFormed().replaceAll("\0", ""))) {
        const error = await database.describeQuery(text).catch((error: Error) => error);
        const message = error instanceof Error ? error.message : "";
        assert(!message.includes("multiple commands"), `several statements: ${text}`);
      }
    }));

  it("any text is one value as a literal, and one column as a name", () =>
    holds([storable, name], 40, async (text, column) => {
      const query = `SELECT ${quoteLiteral(text)} AS ${quoteName(column)}`;
      assertEquals(await backend.sql(query), [{ [column]: text }]);
    }));

  it("any text survives a parameter, or is refused", () =>
    holds([anyText], 30, async (text) => {
      const { status, body } = await backend.request("POST", "/api/database/advance/rawsql", {
        query: "SELECT $1::text AS value",
        params: [text],
      });
      if (status === 200) assertEquals(body.rows, [{ value: text.toWellFormed() }]);
      else assertEquals([body.details.sqlstate, text.includes("\0")], ["22021", true]);
    }, [["\ufeffx"], ["a\0"], ["é\udc00x"]]));

  it("any query is answered or refused, and the backend goes on", () =>
    holds([fc.oneof(pieces, anyText)], 40, async (query) => {
      const path = "/api/database/advance/rawsql";
      const { status, body } = await backend.request("POST", path, { query });
      // What PostgreSQL refuses is told with its code.
      const isRefused = status >= 400 && (status < 500 || body.details?.sqlstate);
      assert(status === 200 || isRefused, `${status} ${JSON.stringify(body)} for ${query}`);
      assertEquals(await backend.sql("SELECT 1 AS one"), [{ one: 1 }]);
    }));

  it("any values of any table come back from a dump", () =>
    holds(
      [name, name, fc.array(fc.tuple(storable, fc.option(storable)), { maxLength: 12 })],
      4,
      async (table, column, rows) => {
        const other = `${column.slice(0, 40)}2`;
        const [t, a, b] = [table, column, other].map(quoteName);
        await backend.sql(`CREATE TABLE ${t} (id serial PRIMARY KEY, ${a} text, ${b} text)`);
        for (const params of rows) {
          await backend.sql(`INSERT INTO ${t} (${a}, ${b}) VALUES ($1, $2)`, { params });
        }
        const env = { INSFORGE_BASE_URL: backend.url, INSFORGE_API_KEY: backend.apiKey };
        const { context } = testContext({ cwd: folder, env });
        const before = await backend.sql(`TABLE ${t}`);
        await runExport(context, { data: true, format: "sql", output: "dump.sql" });
        await backend.sql(`DROP TABLE ${t}`);
        await runImport(testContext({ cwd: folder, env }).context, {}, "dump.sql");
        assertEquals(await backend.sql(`TABLE ${t}`), before);
        assertEquals(before.length, rows.length);
        await backend.sql(`DROP TABLE ${t}`);
      },
    ));
});
