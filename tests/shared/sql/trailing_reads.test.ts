import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { cutTrailingReads } from "../../../src/shared/sql/trailing_reads.ts";

const cuts: readonly (readonly [sql: string, parts: readonly string[]])[] = [
  ["select 1", ["select 1"]],
  ["select 1; select 2;", ["select 1", "select 2"]],
  ["insert into a values (1); select 2", ["insert into a values (1);", "select 2"]],
  ["select 1;\ndelete from a;\nselect 2", ["select 1;\ndelete from a;", "\n\nselect 2"]],
  ["values (1); table a; show x", ["values (1)", "table a", "show x"]],
  ["with a as (select 1) select 1; with b as (delete from c returning 1) select 1", [
    "with a as (select 1) select 1; with b as (delete from c returning 1) select 1",
  ]],
  ["create temp table t(a int); select * from t", ["create temp table t(a int); select * from t"]],
  ["select 1 into t; select 2", ["select 1 into t;", "select 2"]],
  ["-- a\nselect ';'; /* b */ select 2", ["\nselect ';'", "\nselect 2"]],
  ["insert into a values (1); insert into a values (2)", [
    "insert into a values (1); insert into a values (2)",
  ]],
  ["", [""]],
];

describe("the reads at the end of a text", () => {
  for (const [sql, parts] of cuts) {
    it(`are their own parts: ${JSON.stringify(sql)}`, () => {
      assertEquals(cutTrailingReads(sql), parts);
    });
  }
});
