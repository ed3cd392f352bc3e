/** Cuts a file that is too large for one request into parts that are not. */
import type { Statement } from "./splitter.ts";
import { type OpenFile, readStatements } from "./scan.ts";

/** Some statements of a file, as one request imports them. */
export interface Batch {
  readonly sql: string;
  readonly firstLine: number;
  readonly lastLine: number;
  /** The line of the file for a line of the batch, both from one. */
  lineOf(line: number): number;
}

/** Settings hold for one request alone, so that every later part has to make them again. */
const SETTING = /^SET\s+(?!LOCAL\b|ROLE\b|SESSION\s+AUTHORIZATION\b|CONSTRAINTS\b|TRANSACTION\b)/i;

/** @param length the UTF-16 units that a part may have; a longer statement is a part of its own */
export async function* readBatches(
  open: OpenFile,
  name: string,
  length: number,
): AsyncGenerator<Batch> {
  let settings: string[] = [];
  let statements: Statement[] = [];
  let size = 0;
  let before: readonly string[] = [];
  for await (const some of readStatements(open, name)) {
    for (const statement of some) {
      if (size > 0 && size + statement.text.length > length) {
        yield batchOf(before, statements);
        before = settings;
        [statements, size] = [[], 0];
      }
      statements.push(statement);
      size += statement.text.length + 2;
      if (SETTING.test(statement.text)) settings = [...settings, statement.text];
    }
  }
  if (statements.length > 0) yield batchOf(before, statements);
}

function batchOf(settings: readonly string[], statements: readonly Statement[]): Batch {
  const head = settings.map((text) => `${text};\n`).join("");
  let next = lineCount(head);
  const starts = statements.map(({ text, line }) => {
    const start = { at: next + 1, line };
    next += lineCount(text) + 1;
    return start;
  });
  const last = statements.at(-1)!;
  return {
    sql: `${head}${statements.map(({ text }) => `${text};\n`).join("")}`,
    firstLine: statements[0]!.line,
    lastLine: last.line + lineCount(last.text),
    lineOf(line) {
      const start = starts.findLast(({ at }) => at <= line) ?? starts[0]!;
      return start.line + line - start.at;
    },
  };
}

function lineCount(text: string): number {
  let count = 0;
  for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) count++;
  return count;
}
