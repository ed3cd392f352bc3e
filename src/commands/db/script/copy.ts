/** Rows of `COPY … FROM STDIN` as statements that a request can carry. */
import { FileError } from "../../../core/errors.ts";
import { readCopyOptions } from "./copy_options.ts";
import { CopyRecords } from "./copy_records.ts";
import { NAME, type ObjectName, parseName } from "./names.ts";

const COPY = new RegExp(
  String.raw`^COPY\s+(${NAME})\s*(\([^)]*\))?\s*FROM\s+STDIN\b\s*([^]*)$`,
  "i",
);

/** A row as what stands in parentheses after `VALUES`. */
export interface CopiedRow {
  /** On one line, so that each row has a line of its own, which errors then name. */
  readonly values: string;
  /** How many lines of the file it has. */
  readonly lines: number;
}

/** A COPY whose rows follow. */
export class CopyTarget {
  readonly table: ObjectName;
  /** The statement up to its first row, and what follows its last one. */
  readonly insert: string;
  readonly tail: string;
  readonly #place: string;
  readonly #records: CopyRecords;
  #hasHeader: boolean;

  /**
   * @param hasNoColumns whether the table has none: its rows are empty lines
   * @throws {FileError} for rows that no INSERT can carry
   */
  constructor(sql: string, place: string, hasNoColumns = (_table: string) => false) {
    this.#place = place;
    const [, table, columns, rest = ""] = COPY.exec(sql) ?? [];
    const options = table === undefined ? undefined : readCopyOptions(rest);
    if (table === undefined || !options) {
      throw new FileError(`${place}: COPY in this format cannot be imported.`, {
        hint: "Use text or CSV in UTF-8, make the file with pg_dump, or write the rows as INSERT.",
      });
    }
    this.table = parseName(table);
    // COPY fills columns that are always generated, and INSERT does with these words alone.
    const isBare = !columns && hasNoColumns(table);
    this.insert = isBare
      ? `INSERT INTO ${table} SELECT FROM (VALUES`
      : `INSERT INTO ${table}${columns ? ` ${columns}` : ""} OVERRIDING SYSTEM VALUE VALUES`;
    this.tail = isBare ? ") AS rows" : "";
    this.#records = new CopyRecords(options);
    this.#hasHeader = options.hasHeader;
  }

  /** The rows that end in these lines; the last one may go on in those that come next. */
  *rows(lines: readonly string[]): Generator<CopiedRow> {
    for (const line of lines) {
      const record = this.#records.take(line);
      if (!record) continue;
      const isHeader = this.#hasHeader;
      this.#hasHeader = false;
      yield {
        values: isHeader ? "" : `(${record.fields.map((text) => this.#literal(text)).join(",")})`,
        lines: record.lines,
      };
    }
  }

  /** @throws {FileError} where the rows end within one */
  end(): void {
    if (this.#records.isPending) {
      throw new FileError(`${this.#place}: the rows of COPY end within quotes.`, {
        hint: "It is not whole: copy it, or make it, again.",
      });
    }
  }

  #literal(text: string | null): string {
    if (text === null) return "NULL";
    if (text.includes("\0")) {
      throw new FileError(`${this.#place}: a row holds a NUL character, which no text may.`);
    }
    const literal = `'${text.replaceAll("'", "''")}'`;
    return /[\n\r]/.test(text) ? onOneLine(literal) : literal;
  }
}

function onOneLine(literal: string): string {
  const escaped = literal.replaceAll("\\", "\\\\").replaceAll("\n", "\\n").replaceAll("\r", "\\r");
  return `E${escaped}`;
}
