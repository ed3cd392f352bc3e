import { assertEquals, assertRejects } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { parseStatements } from "../../src/server/database/statements.ts";
import { SqlSyntaxError } from "../../src/shared/sql/parser.ts";

describe("statements", () => {
  it("are cut at their exact places in text beyond ASCII", async () => {
    const sql = "  SELECT 'ü😀;' ; -- é;\n INSERT INTO t VALUES ('日本') ;;SELECT 2 -- end";
    const statements = await parseStatements(sql);
    assertEquals(statements.map(({ kind }) => kind), ["SelectStmt", "InsertStmt", "SelectStmt"]);
    for (const { text, start } of statements) {
      assertEquals(sql.slice(start, start + text.length), text);
    }
    assertEquals(statements[0]?.text, "SELECT 'ü😀;'");
  });

  it("keep function bodies whole", async () => {
    const sql =
      "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS $b$ SELECT 1; SELECT 2; $b$; SELECT f()";
    assertEquals((await parseStatements(sql)).length, 2);
  });

  it("are none in comments and blanks", async () => {
    for (const sql of ["", "  ", ";;", "-- x", "/* ; */"]) {
      assertEquals(await parseStatements(sql), []);
    }
  });

  it("say where they do not parse", async () => {
    const error = await assertRejects(() => parseStatements("SELECT 1; SELEC 2"), SqlSyntaxError);
    assertEquals(error.position, 11);
  });

  it("tell what runs outside a transaction", async () => {
    const outside = ["VACUUM t", "CREATE INDEX CONCURRENTLY ON t(a)", "DROP INDEX CONCURRENTLY i"];
    const inside = ["ANALYZE t", "CREATE INDEX ON t(a)", "DROP INDEX i", "REINDEX TABLE t"];
    for (const sql of [...outside, ...inside]) {
      const [statement] = await parseStatements(sql);
      assertEquals(statement?.outsideTransaction ?? false, outside.includes(sql), sql);
    }
  });
});
