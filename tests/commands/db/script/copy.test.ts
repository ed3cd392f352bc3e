import { assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { CopyTarget } from "../../../../src/commands/db/script/copy.ts";
import { FileError } from "../../../../src/core/errors.ts";

/** Rows as the lines that an INSERT has of them; the lines come in two pieces. */
function rowsOf(options: string, lines: readonly string[]): string[] {
  const copy = new CopyTarget(`COPY public."T" (a, b) FROM stdin ${options}`, "a.sql, line 1");
  const rows = [lines.slice(0, 1), lines.slice(1)].flatMap((some) => [...copy.rows(some)]);
  copy.end();
  assertEquals(rows.reduce((sum, row) => sum + row.lines, 0), lines.length);
  return rows.map(({ values }) => values);
}

const CASES: readonly (readonly [options: string, lines: string[], rows: string[]])[] = [
  ["", ["1\t\\N", "it's\t\\\\\\t\\x41\\101"], ["('1',NULL)", "('it''s','\\\tAA')"]],
  ["", ["a\\nb\tc\\", "d\t"], ["(E'a\\nb',E'c\\nd','')"]],
  ["WITH (FORMAT text, NULL 'nil', DELIMITER '|')", ["nil|a\\|b\\\\|"], ["(NULL,'a|b\\','')"]],
  ["WITH NULL AS '' DELIMITER AS ','", ["1,", "a\tb,c"], ["('1',NULL)", "('a\tb','c')"]],
  ["WITH (DELIMITER E'\\t', ENCODING 'UTF8', FREEZE)", ["1\t2"], ["('1','2')"]],
  ["CSV", ["1,", '"",x"y""z"'], ["('1',NULL)", "('','xy\"z')"]],
  ["CSV HEADER", ["a,b", "1,2"], ["", "('1','2')"]],
  ["(FORMAT 'csv', HEADER match)", ["a,b", '"1', '2",3'], ["", "(E'1\\n2','3')"]],
  [
    "(FORMAT csv, HEADER false, DELIMITER ';', QUOTE '''', ESCAPE E'\\\\', NULL 'x')",
    ["'a\\'b';x", "'x';c\\d"],
    ["('a''b',NULL)", "('x','c\\d')"],
  ],
];

describe("rows of COPY", () => {
  for (const [options, lines, rows] of CASES) {
    it(`become rows of INSERT: ${options || "as pg_dump writes them"}`, () => {
      assertEquals(rowsOf(options, lines), rows);
    });
  }

  it("are counted where the table has no columns", () => {
    const copy = new CopyTarget("COPY t  FROM stdin", "a.sql, line 1", () => true);
    const values = [...copy.rows(["", ""])].map(({ values }) => values).join(",");
    assertEquals(
      `${copy.insert} ${values}${copy.tail}`,
      "INSERT INTO t SELECT FROM (VALUES (''),('')) AS rows",
    );
  });

  it("are refused where no INSERT can carry them", () => {
    const refused = ["BINARY", "(FORMAT binary)", "(ENCODING 'LATIN1')", "CSV FORCE NOT NULL a"];
    for (const options of [...refused, "WHERE a > 1", "(DELIMITER '||')"]) {
      assertThrows(() => rowsOf(options, []), FileError, "line 1: COPY in this format");
    }
    assertThrows(() => rowsOf("CSV", ['"a', "b"]), FileError, "end within quotes");
    assertThrows(() => rowsOf("", ["\\x00"]), FileError, "a NUL character");
  });
});
