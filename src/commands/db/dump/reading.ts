/** Reads the rows of a dump and finds out whether they stayed what they were. */
import { OperationError } from "../../../core/errors.ts";
import type { Table } from "./objects.ts";
import { type Fingerprint, fingerprints, readRows, type RowFormat } from "./rows.ts";
import type { Source } from "../../../client/backend/source.ts";

/** The rows of a table as text, some at a time. */
export type RowReader = (table: Table, format: RowFormat) => AsyncIterable<readonly string[]>;

/** What {@link DumpReading} tells while it reads. */
export interface ReadingProgress {
  (table: Table, rows: number): void;
}

/** The rows that a dump reads. */
export class DumpReading {
  readonly #source: Source;
  readonly #limit: number;
  readonly #progress: ReadingProgress;
  /** By table id. */
  readonly #read = new Map<string, Fingerprint>();
  readonly #truncated: Table[] = [];
  readonly #tables: Table[] = [];
  #format: RowFormat | undefined;

  constructor(source: Source, limit: number, progress: ReadingProgress) {
    this.#source = source;
    this.#limit = limit;
    this.#progress = progress;
  }

  /** Rows that were read so far. */
  get rows(): number {
    return this.#read.values().reduce((sum, { rows }) => sum + rows, 0);
  }

  /** The tables of which the limit left rows out. */
  get truncated(): readonly Table[] {
    return this.#truncated;
  }

  /** Reads a table, no more rows than the limit allows. */
  reader: RowReader = async function* (this: DumpReading, table: Table, format: RowFormat) {
    this.#format = format;
    this.#tables.push(table);
    let read: Fingerprint = { rows: 0, hash: 0n };
    this.#read.set(table.id, read);
    // No block, no row: one that came since is found by verify().
    if (table.heapBytes === 0) return;
    // One row more than is wanted shows that there are more.
    for await (const { rows, hash } of readRows(this.#source, table, format, this.#limit + 1)) {
      const left = this.#limit - read.rows;
      if (rows.length > left) this.#truncated.push(table);
      const wanted = rows.slice(0, left);
      if (wanted.length > 0) yield wanted;
      read = { rows: read.rows + wanted.length, hash: read.hash + hash };
      this.#progress(table, read.rows);
    }
    this.#read.set(table.id, read);
  }.bind(this);

  /**
   * Compares what was read with what is there now.
   * @throws {OperationError} naming the tables that changed meanwhile
   */
  async verify(): Promise<void> {
    const whole = this.#tables.filter((table) => !this.#truncated.includes(table));
    if (whole.length === 0) return;
    const now = await fingerprints(this.#source, whole, this.#format!);
    const changed = whole.flatMap((table) => {
      const [before, after] = [this.#read.get(table.id)!, now.get(table.id)!];
      if (before.rows === after.rows && before.hash === after.hash) return [];
      const difference = after.rows - before.rows;
      const how = difference === 0
        ? "same count"
        : `${difference > 0 ? "+" : ""}${difference} ${
          Math.abs(difference) === 1 ? "row" : "rows"
        }`;
      return [`${table.name} (${how})`];
    });
    if (changed.length > 0) throw changedError(changed);
  }
}

function changedError(tables: readonly string[]): OperationError {
  const shown = tables.slice(0, 5).join(", ");
  const more = tables.length > 5 ? ` and ${tables.length - 5} more` : "";
  return new OperationError(
    `Rows changed while they were exported, so the export is no backup: ${shown}${more}.`,
    "EXPORT_CHANGED",
    { hint: "Run it again when nothing writes to the database." },
  );
}
