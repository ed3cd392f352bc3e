import { assertEquals, assertRejects } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import type { Table } from "../../../../src/commands/db/dump/objects.ts";
import { readingAhead } from "../../../../src/commands/db/dump/read_ahead.ts";
import { insertValues } from "../../../../src/commands/db/dump/rows.ts";

const tables = Array.from({ length: 7 }, (_, n) => ({ id: `${n}` }) as Table);

describe("reading ahead", () => {
  it("asks for four tables at once, each once, and gives rows in order", async () => {
    const asked: string[] = [];
    const reader = readingAhead(async function* ({ id }) {
      asked.push(id);
      await Promise.resolve();
      for (let page = 0; page < 3 && id !== "5"; page++) yield [`${id}.${page}`];
    }, tables);
    const rows: string[] = [];
    for (const [n, table] of tables.entries()) {
      for await (const page of reader(table, insertValues)) rows.push(...page);
      assertEquals(asked.length, Math.min(7, n + 4));
    }
    assertEquals(asked, ["0", "1", "2", "3", "4", "5", "6"]);
    const wanted = tables.filter(({ id }) => id !== "5")
      .flatMap(({ id }) => [0, 1, 2].map((page) => `${id}.${page}`));
    assertEquals(rows, wanted);
  });

  it("fails where the table is that cannot be read, and not before", async () => {
    const reader = readingAhead(async function* ({ id }) {
      await Promise.resolve();
      if (id === "1") throw new Error("no such table");
      yield [id];
    }, tables);
    assertEquals(await Array.fromAsync(reader(tables[0]!, insertValues)), [["0"]]);
    await assertRejects(
      () => Array.fromAsync(reader(tables[1]!, insertValues)),
      Error,
      "no such table",
    );
  });
});
