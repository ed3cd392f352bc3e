/** Reads a file of SQL as psql does: statements, commands of psql, and the rows of COPY. */
import { FileError } from "../../../core/errors.ts";
import { type OpenFile, readText } from "../../../shared/sql/read_text.ts";
import { type Statement, StatementSplitter } from "../../../shared/sql/splitter.ts";

/** A part of a file. */
export type Item =
  | { readonly kind: "statement" } & Statement
  /** A line that begins with a backslash. */
  | { readonly kind: "command"; readonly text: string; readonly line: number }
  /** Where the part of a migration begins that takes it back: nothing follows. */
  | { readonly kind: "down"; readonly line: number }
  /** Some of the rows that follow `COPY … FROM STDIN`, a line each. */
  | { readonly kind: "rows"; readonly lines: readonly string[]; readonly line: number };

/** Whether a statement is followed by rows. */
export function readsRows(sql: string): boolean {
  return /^COPY\b/i.test(sql) && /\bFROM\s+STDIN\b/i.test(sql);
}

/**
 * How goose, dbmate, sql-migrate and node-pg-migrate mark the part of a file that takes it back.
 */
const DOWN = /^--[ \t]*(?:\+(?:goose|migrate)[ \t]+Down|migrate:down|Down[ \t]+Migration)\b/i;

/** Where psql stops reading. */
const QUIT = /^\\q(?:uit)?\b/;

/** An unfinished line is kept for the next piece of text, unless it is longer. */
const HELD_LENGTH = 64 * 1024;

/**
 * The items of a file, some at a time.
 * @throws {FileError} for what is no UTF-8 text, and for rows without an end
 */
export async function* readItems(open: OpenFile, name: string): AsyncGenerator<Item[]> {
  const reader = new ItemReader(name);
  for await (const text of readText(open, name)) yield reader.push(text);
  yield reader.end();
}

class ItemReader {
  readonly #name: string;
  readonly #splitter = new StatementSplitter();
  /** Text whose line has not ended yet. */
  #rest = "";
  /** The line on which `#rest` begins. */
  #line = 1;
  /** Whether `#rest` begins where its line does. */
  #isLineStart = true;
  #inRows = false;
  #isOver = false;
  /** The line after which rows began. */
  #rowsLine = 0;

  constructor(name: string) {
    this.#name = name;
  }

  push(text: string): Item[] {
    return this.#read(this.#rest + text, false);
  }

  end(): Item[] {
    const items = this.#read(this.#rest, true);
    if (!this.#inRows) return [...items, ...this.#splitter.end().map(asItem)];
    throw new FileError(
      `${this.#name} ends within the rows of COPY, which begin after line ${this.#rowsLine}.`,
      { hint: "It is not whole: copy it, or make it, again." },
    );
  }

  #read(text: string, isLast: boolean): Item[] {
    const items: Item[] = [];
    if (this.#isOver) return items;
    let at = 0;
    while (at < text.length) {
      const end = this.#inRows
        ? this.#readRows(text, at, isLast, items)
        : this.#readSql(text, at, isLast, items);
      if (end === at) break;
      at = end;
    }
    this.#rest = text.slice(at);
    return items;
  }

  /** Takes lines of SQL up to a command of psql or to rows; answers how far it came. */
  #readSql(text: string, at: number, isLast: boolean, items: Item[]): number {
    if (this.#isLineStart && text[at] === "\\" && !this.#splitter.hasStatement) {
      const end = endOfLine(text, at, isLast);
      if (end === undefined) return at;
      const command = text.slice(at, end).trimEnd();
      items.push({ kind: "command", text: command, line: this.#line });
      if (QUIT.test(command)) {
        this.#isOver = true;
        return text.length;
      }
      // The splitter counts lines, too.
      this.#splitter.push("\n");
      return this.#advance(text, at, end);
    }
    if (this.#isLineStart && text[at] === "-" && !this.#splitter.hasStatement) {
      const end = endOfLine(text, at, isLast);
      if (end === undefined && text.length - at <= HELD_LENGTH) return at;
      if (DOWN.test(text.slice(at, end))) {
        items.push({ kind: "down", line: this.#line });
        this.#isOver = true;
        return text.length;
      }
    }
    const special = /^\\|^--.*\bDown\b|\bFROM\s+STDIN\b/gim;
    special.lastIndex = at + 1;
    const found = special.exec(text);
    let end = text.length;
    if (found && "\\-".includes(text[found.index]!)) end = found.index;
    else if (found) end = endOfLine(text, found.index, isLast) ?? text.length;
    if (end === text.length && !isLast && text[end - 1] !== "\n") {
      const start = text.lastIndexOf("\n") + 1;
      if (end - start <= HELD_LENGTH) end = Math.max(start, at);
    }
    if (end === at) return at;
    const statements = this.#splitter.push(text.slice(at, end));
    items.push(...statements.map(asItem));
    const next = this.#advance(text, at, end);
    if (statements.length > 0 && readsRows(statements.at(-1)!.text) && this.#isLineStart) {
      this.#inRows = true;
      this.#rowsLine = this.#line - 1;
    }
    return next;
  }

  #readRows(text: string, at: number, isLast: boolean, items: Item[]): number {
    const lines: string[] = [];
    let next = at;
    while (this.#inRows && next < text.length) {
      const end = endOfLine(text, next, isLast);
      if (end === undefined) break;
      const row = text.slice(next, end).replace(/\r?\n$/, "");
      if (row === "\\.") this.#inRows = false;
      else lines.push(row);
      next = end;
    }
    if (lines.length > 0) items.push({ kind: "rows", lines, line: this.#line });
    if (next === at) return at;
    this.#splitter.push("\n".repeat(lines.length + (this.#inRows ? 0 : 1)));
    return this.#advance(text, at, next);
  }

  #advance(text: string, at: number, end: number): number {
    for (let mark = text.indexOf("\n", at); mark !== -1 && mark < end;) {
      this.#line++;
      mark = text.indexOf("\n", mark + 1);
    }
    this.#isLineStart = text[end - 1] === "\n";
    return end;
  }
}

function asItem(statement: Statement): Item {
  return { kind: "statement", ...statement };
}

/** Behind the line's break; undefined where the line may go on. */
function endOfLine(text: string, at: number, isLast: boolean): number | undefined {
  const mark = text.indexOf("\n", at);
  return mark === -1 ? (isLast ? text.length : undefined) : mark + 1;
}
