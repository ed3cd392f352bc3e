import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { type Part, writeParts, writeWhole } from "../../../../src/commands/db/script/parts.ts";
import { Translation } from "../../../../src/commands/db/script/translate.ts";

const EMPTY = { head: "", tail: "" };
const piecesOf = (sql: string) =>
  new Translation("a.sql").pieces(() => Promise.resolve(new Blob([sql]).stream()));
const partsOf = (sql: string, length: number): Promise<Part[]> =>
  Array.fromAsync(writeParts(piecesOf(sql), EMPTY, length));

const sqlOf = async (part: Part): Promise<string> => {
  const bytes = await new Blob([...part.chunks]).bytes();
  assertEquals(bytes.length, part.bytes);
  return new TextDecoder().decode(bytes);
};

describe("what a request carries", () => {
  it("has each statement on its own line of the file", async () => {
    const sql = "-- a\nSET lock_timeout = 0;\nSELECT 1; SELECT 2 -- b\n; SELECT\n3;\n" +
      "COPY t FROM stdin;\n1\n2\n\\.\nSELECT 4";
    const chunks = await Array.fromAsync(
      writeWhole(piecesOf(sql), { head: "SELECT 0;", tail: "SELECT 5;" }),
    );
    assertEquals(
      (await new Blob(chunks).text()).split("\n"),
      [
        "SELECT 0;",
        "",
        "SELECT 1;SELECT 2 -- b",
        ";SELECT",
        "3;",
        "INSERT INTO t OVERRIDING SYSTEM VALUE VALUES",
        "('1'),",
        "('2');",
        "",
        "SELECT 4;",
        "SELECT 5;",
      ],
    );
  });
});

describe("the parts of a large file", () => {
  it("hold whole statements, and know their lines in the file", async () => {
    const statements = Array.from({ length: 20 }, (_, n) => `SELECT\n  ${n}`);
    const parts = await partsOf(`-- first: ä\n${statements.join(";\n\n")};`, 50);
    assert(parts.length > 3);
    const texts = await Promise.all(parts.map(sqlOf));
    const found = texts.flatMap((sql) => sql.split(";").map((text) => text.trim()).filter(Boolean));
    assertEquals(found, statements);
    assertEquals([parts[0]!.firstLine, parts.at(-1)!.lastLine], [2, 60]);
    for (const [n, { firstLine }] of parts.entries()) {
      const lines = texts[n]!.split("\n");
      const last = lines.findLastIndex((line) => line.includes(";"));
      const number = Number(/\d+/.exec(lines[last]!)![0]);
      assertEquals(last + firstLine, 3 + number * 3);
    }
  });

  it("make the settings of earlier parts again", async () => {
    const [first, second, ...others] = await partsOf(
      "SET check_function_bodies = false;\nSET LOCAL a.b = 'c';\nSELECT 1;\nSELECT 2;\nSELECT 3",
      70,
    );
    assertEquals(others, []);
    assert((await sqlOf(first!)).startsWith("SET LOCAL check_function_bodies = false;\n"));
    assertEquals(
      await sqlOf(second!),
      "SET LOCAL check_function_bodies = false;SET LOCAL a.b = 'c';SELECT 2;\nSELECT 3;\n",
    );
    assertEquals(second!.firstLine, 4);
  });

  it("are as many as there are statements that are too long by themselves", async () => {
    assertEquals((await partsOf("SELECT 1; SELECT 2;", 1)).length, 2);
  });
});
