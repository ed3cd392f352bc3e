import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { withFirstRowOnly } from "../../../src/shared/sql/literal_rows.ts";

const FILL = `'${"x".repeat(3_000)}'`;

describe("an INSERT of many rows", () => {
  it("is looked at with its first one, where the others are literals", () => {
    const heads = [
      "INSERT INTO t VALUES",
      'insert into public."T ""1" (a, "b c")\nVALUES',
      "INSERT INTO t OVERRIDING SYSTEM VALUE VALUES",
    ];
    const rows = [
      "(1, NULL, -2.5e10)",
      "('it''s', DEFAULT, true)",
      String.raw`(E'\'); DROP', '\', +1)`,
      "('--', '/*', ')')",
    ];
    for (const head of heads) {
      const sql = `${head} ${rows[0]},\n${rows.slice(1).join(", ")}, (${FILL})`;
      assertEquals(withFirstRowOnly(sql), `${head} ${rows[0]}`);
    }
  });

  it("is looked at whole, where anything else is in it", () => {
    const others = [
      "(1), (pg_sleep(1))",
      "(1), (a)",
      "(1), ('a' || 'b')",
      "(1), ('a' 'b')",
      "(1), ('a'::text)",
      "(1), ($$a$$)",
      "(1), (U&'a')",
      "(1), (1) RETURNING *",
      "(1), (1) ON CONFLICT DO NOTHING",
      "(1), (1),",
      "(1), (1) /* a */",
      "(1), ()",
      "(1), (1 2)",
      "(1), (1); DROP ROLE anon",
      "(1), (12ab)",
      "(1), ('a",
      String.raw`(1), (E'a\')`,
    ];
    for (const rows of others) {
      const sql = `INSERT INTO t VALUES (${FILL}), ${rows}`;
      assertEquals(withFirstRowOnly(sql), sql);
    }
    const select = `INSERT INTO t SELECT ${FILL}`;
    assertEquals(withFirstRowOnly(select), select);
  });
});
