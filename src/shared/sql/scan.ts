/** Reads an SQL file piece by piece, before and while it is imported. */
import { FileError, UsageError } from "../../core/errors.ts";
import { type Statement, StatementSplitter } from "./splitter.ts";

/** Opens the file anew for each reading of it. */
export type OpenFile = () => Promise<ReadableStream<Uint8Array<ArrayBuffer>>>;

/** What a first reading finds. */
export interface Scan {
  readonly statements: number;
  /** The longest statement, in UTF-16 units, and its line. */
  readonly longest: { readonly length: number; readonly line: number };
}

/** Statements, some at a time. @throws {FileError} for what is no UTF-8 text */
export async function* readStatements(open: OpenFile, name: string): AsyncGenerator<Statement[]> {
  const splitter = new StatementSplitter();
  for await (const text of readText(open, name)) yield splitter.push(text);
  yield splitter.end();
}

/**
 * Reads the whole file once.
 * @throws {UsageError} when there is no statement in it
 * @throws {FileError} when it is no SQL that a backend could take
 */
export async function scanFile(open: OpenFile, name: string): Promise<Scan> {
  let statements = 0;
  let longest = { length: 0, line: 0 };
  for await (const some of readStatements(open, name)) {
    statements += some.length;
    for (const { text, line } of some) {
      refuse(name, text, line);
      if (text.length > longest.length) longest = { length: text.length, line };
    }
  }
  if (statements === 0) {
    throw new UsageError(`${name} has no SQL statement.`, { hint: "Give at least one statement." });
  }
  return { statements, longest };
}

function refuse(name: string, text: string, line: number): void {
  const start = text.slice(0, 2_000);
  if (/^COPY\b[^;]*\bFROM\s+STDIN\b/i.test(start)) {
    throw new FileError(`${name}, line ${line}: COPY FROM STDIN cannot be imported over HTTP.`, {
      hint: "Make the file with insforge db export, or with pg_dump --inserts.",
    });
  }
  if (start.startsWith("\\")) {
    throw new FileError(`${name}, line ${line}: a command of psql is no SQL.`, {
      hint: "Remove the lines that begin with a backslash.",
    });
  }
}

async function* readText(open: OpenFile, name: string): AsyncGenerator<string> {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  const decode = (chunk?: Uint8Array<ArrayBuffer>) => {
    try {
      return decoder.decode(chunk, { stream: chunk !== undefined });
    } catch (error) {
      throw new FileError(`${name} is not UTF-8 text.`, {
        hint: "Convert it to UTF-8 first.",
        cause: error,
      });
    }
  };
  for await (const chunk of await open()) {
    if (chunk.includes(0)) {
      throw new FileError(`${name} is not a text file.`, {
        hint: "Give a file of SQL statements in UTF-8.",
      });
    }
    yield decode(chunk);
  }
  yield decode();
}
