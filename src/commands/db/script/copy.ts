/** Rows of `COPY … FROM STDIN` as statements that a request can carry. */
import { FileError } from "../../../core/errors.ts";
import { NAME, type ObjectName, parseName } from "./names.ts";

const COPY = new RegExp(
  String.raw`^COPY\s+(${NAME})\s*(\([^)]*\))?\s*FROM\s+STDIN\b\s*(?:WITH\s*)?([^]*)$`,
  "i",
);

/** What `\x` stands for in the text format, beside digits. */
const ESCAPES: Readonly<Record<string, string>> = {
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v",
};

/** A COPY whose rows follow. */
export class CopyTarget {
  readonly table: ObjectName;
  /** The statement up to its first row. */
  readonly insert: string;

  /** @throws {FileError} for a format that is not the text that pg_dump writes */
  constructor(sql: string, private readonly place: string) {
    const [, table, columns, options] = COPY.exec(sql) ?? [];
    if (table === undefined || !/^\s*(?:\(\s*FORMAT\s+'?text'?\s*\))?\s*$/i.test(options ?? "")) {
      throw new FileError(
        `${place}: COPY in a format other than pg_dump's own cannot be imported.`,
        {
          hint: "Make the file with pg_dump, or write the rows as INSERT.",
        },
      );
    }
    this.table = parseName(table);
    // COPY fills columns that are always generated, and INSERT does with these words alone.
    this.insert = `INSERT INTO ${table}${
      columns ? ` ${columns}` : ""
    } OVERRIDING SYSTEM VALUE VALUES`;
  }

  /** A row as what stands in parentheses after `VALUES`. */
  values(row: string): string {
    return `(${row.split("\t").map((value) => this.#literal(value)).join(",")})`;
  }

  #literal(value: string): string {
    if (value === "\\N") return "NULL";
    const text = value.includes("\\") ? unescape(value) : value;
    if (text.includes("\0")) {
      throw new FileError(`${this.place}: a row holds a NUL character, which no text may.`);
    }
    const literal = `'${text.replaceAll("'", "''")}'`;
    return /[\n\r]/.test(text) ? onOneLine(literal) : literal;
  }
}

/** So that each row has a line of its own, which errors then name. */
function onOneLine(literal: string): string {
  const escaped = literal.replaceAll("\\", "\\\\").replaceAll("\n", "\\n").replaceAll("\r", "\\r");
  return `E${escaped}`;
}

function unescape(value: string): string {
  return value.replace(
    /\\(?:x([0-9A-Fa-f]{1,2})|([0-7]{1,3})|([^]))/g,
    (_, hex?: string, octal?: string, other?: string) =>
      hex !== undefined
        ? String.fromCharCode(parseInt(hex, 16))
        : octal !== undefined
        ? String.fromCharCode(parseInt(octal, 8) & 255)
        : ESCAPES[other!] ?? other!,
  );
}
