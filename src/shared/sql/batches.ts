/** Cuts a file that is too large for one request into parts that are not. */
import type { Statement } from "./splitter.ts";
import { type OpenFile, readStatements } from "./scan.ts";

/** Some statements of a file, as one request imports them. */
export interface Batch {
  /** Its text in UTF-8. */
  readonly pieces: readonly Uint8Array<ArrayBuffer>[];
  /** The length of its text in UTF-8. */
  readonly bytes: number;
  readonly firstLine: number;
  readonly lastLine: number;
  /** The line of the file for a line of the batch, both from one. */
  lineOf(line: number): number;
}

/** Settings hold for one request alone, so that every later part has to make them again. */
const SETTING = /^SET\s+(?!LOCAL\b|ROLE\b|SESSION\s+AUTHORIZATION\b|CONSTRAINTS\b|TRANSACTION\b)/i;

const END = ";\n";
const PIECE_LENGTH = 64 * 1024;

/** @param length the UTF-16 units that a part may have; a longer statement is a part of its own */
export async function* readBatches(
  open: OpenFile,
  name: string,
  length: number,
): AsyncGenerator<Batch> {
  let settings = "";
  let batch = new BatchBuilder(settings);
  for await (const some of readStatements(open, name)) {
    for (const statement of some) {
      if (batch.length > 0 && batch.length + statement.text.length > length) {
        yield batch.finish();
        batch = new BatchBuilder(settings);
      }
      batch.add(statement);
      if (SETTING.test(statement.text)) settings += statement.text + END;
    }
  }
  if (batch.length > 0) yield batch.finish();
}

/** Statements are held as the bytes that are sent: as text they would take memory twice. */
class BatchBuilder {
  readonly #encoder = new TextEncoder();
  readonly #pieces: Uint8Array<ArrayBuffer>[] = [];
  /** What is not in the pieces yet: short statements share a piece. */
  #text: string;
  /** The lines where statements begin, in the batch and in the file. */
  readonly #starts: { readonly at: number; readonly line: number }[] = [];
  #nextLine: number;
  #lastLine = 0;

  /** The UTF-16 units of the statements. */
  length = 0;

  constructor(settings: string) {
    this.#text = settings;
    this.#nextLine = 1 + lineCount(settings);
  }

  add({ text, line }: Statement): void {
    const lines = lineCount(text);
    this.#starts.push({ at: this.#nextLine, line });
    this.#nextLine += lines + 1;
    this.#lastLine = line + lines;
    this.length += text.length + END.length;
    this.#text += text + END;
    if (this.#text.length >= PIECE_LENGTH) this.#encode();
  }

  finish(): Batch {
    if (this.#text !== "") this.#encode();
    const starts = this.#starts;
    return {
      pieces: this.#pieces,
      bytes: this.#pieces.reduce((sum, piece) => sum + piece.length, 0),
      firstLine: starts[0]!.line,
      lastLine: this.#lastLine,
      lineOf(line) {
        const start = starts.findLast(({ at }) => at <= line) ?? starts[0]!;
        return start.line + line - start.at;
      },
    };
  }

  #encode(): void {
    this.#pieces.push(this.#encoder.encode(this.#text));
    this.#text = "";
  }
}

function lineCount(text: string): number {
  let count = 0;
  for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) count++;
  return count;
}
