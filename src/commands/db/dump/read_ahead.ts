/** Reads what comes next while something else is written. */
import type { Table } from "./objects.ts";
import type { RowReader } from "./reading.ts";

/** How many tables are read at once: their first pages are held in memory. */
const WIDTH = 4;

type Rows = AsyncIterator<readonly string[]>;

/**
 * The same reader, which asks for the first rows of the tables that come next before they are
 * wanted: a database has many small tables, and a backend that is far away answers late. What is
 * read stays what it was, and in the same order.
 * @param tables in the order in which they will be read
 */
export function readingAhead(reader: RowReader, tables: readonly Table[]): RowReader {
  const begun = new Map<
    string,
    { readonly rows: Rows; readonly first: ReturnType<Rows["next"]> }
  >();
  const begin = (table: Table, format: Parameters<RowReader>[1]) => {
    const found = begun.get(table.id);
    if (found) return found;
    const rows = reader(table, format)[Symbol.asyncIterator]();
    const first = rows.next();
    // Whoever comes to this table meets the error; it may be that nobody does.
    first.catch(() => {});
    begun.set(table.id, { rows, first });
    return { rows, first };
  };
  return async function* (table, format) {
    const at = tables.indexOf(table);
    const [own] = tables.slice(at, at + WIDTH).map((next) => begin(next, format));
    const { rows, first } = own!;
    let result = await first;
    begun.delete(table.id);
    while (!result.done) {
      yield result.value;
      result = await rows.next();
    }
  };
}
