import { assertEquals, assertRejects } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import type { Table } from "../../../../src/commands/db/dump/objects.ts";
import { DumpReading } from "../../../../src/commands/db/dump/reading.ts";
import { insertValues } from "../../../../src/commands/db/dump/rows.ts";
import { OperationError } from "../../../../src/core/errors.ts";

/** A table without a row, as all are of a schema that was just made. */
const EMPTY = {
  id: "1",
  name: "public.t",
  quoted: "public.t",
  columns: [],
  key: [],
  heapBytes: 0,
  totalBytes: 0,
} as unknown as Table;

/** Reads the table of a database that has `later` rows in the end; answers how often it asked. */
async function askedFor(later: number): Promise<number> {
  let asked = 0;
  const source = <Row>() => {
    asked++;
    return Promise.resolve([{ id: "1", rows: `${later}`, hash: `${later}` }] as Row[]);
  };
  const reading = new DumpReading(source, Infinity, () => {});
  assertEquals(await Array.fromAsync(reading.reader(EMPTY, insertValues)), []);
  assertEquals([reading.rows, asked], [0, 0]);
  await reading.verify();
  return asked;
}

describe("reading the rows of a dump", () => {
  it("asks for no rows of a table that has no block, and finds those that came since", async () => {
    assertEquals(await askedFor(0), 1);
    await assertRejects(() => askedFor(2), OperationError, "public.t (+2 rows)");
  });
});
