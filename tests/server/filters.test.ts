import { assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { filterSql, logicSql } from "../../src/server/data_api/filters.ts";

describe("a filter of the records", () => {
  it("is a comparison of a column with a literal, whatever stands in either", () => {
    const sql = (column: string, filter: string) => filterSql("t", column, filter);
    assertEquals(sql("a", "eq.1"), `t."a" = '1'`);
    assertEquals(sql("a", "eq.it's"), `t."a" = 'it''s'`);
    assertEquals(sql("a", "like.*x'*"), `t."a" LIKE '%x''%'`);
    assertEquals(sql('a" = 1 OR "b', "eq.1"), `t."a"" = 1 OR ""b" = '1'`);
    assertEquals(sql("a->b->>0", "eq.1"), `t."a"->'b'->>0 = '1'`);
    assertEquals(sql("a", "in.(1,it's)"), `t."a" IN ('1', 'it''s')`);
    assertEquals(sql("a", "in.()"), "false");
    assertEquals(sql("a", "is.null"), `t."a" IS NULL`);
    for (const filter of ["nope.1", "is.1", "eq", "1"]) assertThrows(() => sql("a", filter));
  });

  it("is turned by not, alone and in trees", () => {
    assertEquals(filterSql("t", "a", "not.eq.1"), `NOT (t."a" = '1')`);
    assertEquals(logicSql("t", "or", "(a.eq.1,b.eq.2)"), `(t."a" = '1' OR t."b" = '2')`);
    assertEquals(
      logicSql("t", "not.and", "(a.not.eq.1,not.or(b.eq.2,c.eq.3))"),
      `NOT (NOT (t."a" = '1') AND NOT (t."b" = '2' OR t."c" = '3'))`,
    );
  });
});
