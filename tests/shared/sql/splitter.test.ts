import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { splitStatements, StatementSplitter } from "../../../src/shared/sql/splitter.ts";

const texts = (sql: string) => splitStatements(sql).map(({ text }) => text);

/** Texts in which no semicolon but the last one ends a statement. */
const whole = [
  "SELECT 'a;b'",
  "SELECT 'it''s; fine'",
  "SELECT E'it\\'s; ''one'",
  "SELECT E'\\\\'",
  'SELECT "a;""b"',
  "SELECT $$a;'b$$",
  "SELECT $tag$ $$;$ta ; $tag$",
  "SELECT 1 -- a; 'b",
  "SELECT /* ; /* nested ; */ ' ; */ 1",
  "CREATE RULE r AS ON INSERT TO a DO ALSO (INSERT INTO b VALUES (1); DELETE FROM c)",
  "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT CASE WHEN true THEN 1 END; SELECT 2; END",
  "CREATE OR REPLACE PROCEDURE p() BEGIN ATOMIC DELETE FROM a; END",
  "SELECT a$b$c, $1, 'é', größe FROM t",
  "SELECT 1.5e3-2/3*4",
  "SELECT note'x;y'",
];

describe("the splitter of SQL text", () => {
  it("ends statements at semicolons, and gives their lines", () => {
    const statements = splitStatements("SELECT 1;\n\n-- two\nSELECT\n 2 ; ;;\nSELECT 3");
    assertEquals(statements.map(({ text, line }) => ({ text, line })), [
      { text: "SELECT 1", line: 1 },
      { text: "SELECT\n 2", line: 4 },
      { text: "SELECT 3", line: 6 },
    ]);
  });

  it("counts the groups in parentheses, and sees semicolons that end nothing", () => {
    const [rows, rule, text] = splitStatements(
      "INSERT INTO t (a) VALUES (1, (2)), ('(;'), (3); " +
        "CREATE RULE r AS ON INSERT TO a DO (SELECT 1; SELECT 2); SELECT ';'",
    );
    assertEquals([rows!.groups, rows!.hasInnerSemicolon], [4, false]);
    assertEquals([rule!.hasInnerSemicolon, text!.hasInnerSemicolon], [true, false]);
  });

  for (const sql of whole) {
    it(`takes for one statement: ${sql}`, () => {
      assertEquals(texts(`${sql}\n;SELECT 1`), [sql, "SELECT 1"]);
    });
  }

  it("gives the same for text that comes in pieces of any size", () => {
    const sql = whole.map((text) => `${text}\n;\n`).join("-- ; '\n/* ' */");
    const expected = splitStatements(sql);
    assertEquals(expected.map(({ text }) => text), whole);
    for (const size of [1, 2, 3, 7, 64]) {
      const splitter = new StatementSplitter();
      const found = [];
      for (let at = 0; at < sql.length; at += size) {
        found.push(...splitter.push(sql.slice(at, at + size)));
      }
      assertEquals([...found, ...splitter.end()], expected);
    }
  });

  it("finds nothing in blanks and comments", () => {
    assertEquals(texts(" \n-- a\n/* b */;\n"), []);
    assertEquals(texts(""), []);
  });

  it("gives a statement that never ends as it is", () => {
    assertEquals(texts("SELECT 'a; b"), ["SELECT 'a; b"]);
    assertEquals(texts("BEGIN; COMMIT"), ["BEGIN", "COMMIT"]);
  });

  it("says whether a statement is under way", () => {
    const splitter = new StatementSplitter();
    splitter.push("SELECT 1; ");
    assertEquals(splitter.isPending, false);
    splitter.push("SELECT (");
    assertEquals(splitter.isPending, true);
  });
});
