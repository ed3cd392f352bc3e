import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { type Batch, readBatches } from "../../../src/shared/sql/batches.ts";

const batchesOf = (sql: string, length: number): Promise<Batch[]> =>
  Array.fromAsync(readBatches(() => Promise.resolve(new Blob([sql]).stream()), "a.sql", length));

const sqlOf = async (batch: Batch): Promise<string> => {
  const bytes = await new Blob([...batch.pieces]).bytes();
  assertEquals(bytes.length, batch.bytes);
  return new TextDecoder().decode(bytes);
};

describe("the parts of a large file", () => {
  it("hold whole statements, and know their lines in the file", async () => {
    const statements = Array.from({ length: 20 }, (_, n) => `SELECT\n  ${n}`);
    const batches = await batchesOf(`-- first: ä\n${statements.join(";\n\n")};`, 50);
    assert(batches.length > 3);
    const texts = await Promise.all(batches.map(sqlOf));
    assertEquals(texts.map((sql) => sql.split(";\n").slice(0, -1)).flat(), statements);
    assertEquals(batches[0]!.firstLine, 2);
    assertEquals(batches.at(-1)!.lastLine, 60);
    for (const [n, { lineOf }] of batches.entries()) {
      const sql = texts[n]!;
      const line = sql.split("\n").length - 1;
      const number = Number(/\d+/.exec(sql.split("\n")[line - 1]!)![0]);
      assertEquals(lineOf(line), 3 + number * 3);
    }
  });

  it("make the settings of earlier parts again", async () => {
    const [first, second, ...others] = await batchesOf(
      "SET check_function_bodies = false;\nSET LOCAL a.b = 'c';\nSELECT 1;\nSELECT 2;\nSELECT 3",
      70,
    );
    assertEquals(others, []);
    assert((await sqlOf(first!)).startsWith("SET check_function_bodies"));
    assertEquals(
      await sqlOf(second!),
      "SET check_function_bodies = false;\nSELECT 2;\nSELECT 3;\n",
    );
    assertEquals([second!.lineOf(2), second!.lineOf(3)], [4, 5]);
  });

  it("are as many as there are statements that are too long by themselves", async () => {
    assertEquals((await batchesOf("SELECT 1; SELECT 2;", 1)).length, 2);
  });
});
