/** Puts statements together to the texts that requests carry. */
import type { Piece } from "./piece.ts";

/** Some statements of a file, as one request imports them. */
export interface Part {
  /** Its text in UTF-8. */
  readonly chunks: readonly Uint8Array<ArrayBuffer>[];
  /** The length of its text in UTF-8. */
  readonly bytes: number;
  readonly firstLine: number;
  readonly lastLine: number;
}

const CHUNK_LENGTH = 64 * 1024;

/**
 * Writes statements so that each begins on its own line of the file, as far as a first line is
 * subtracted: where a backend names a line, it is that of the file.
 */
class PartWriter {
  readonly #encoder = new TextEncoder();
  readonly firstLine: number;
  /** The line of the file at the end of what was written. */
  #line: number;
  #text: string;

  /** @param head statements in front, on the first line, each with its semicolon */
  constructor(head: string, firstLine = 1) {
    this.#text = head;
    this.firstLine = firstLine;
    this.#line = firstLine;
  }

  get lastLine(): number {
    return this.#line;
  }

  /** Adds a statement; answers the chunk that is full, if one is. */
  add({ sql, line }: Piece): Uint8Array<ArrayBuffer> | undefined {
    const blank = Math.max(0, line - this.#line);
    // A comment at the end of the statement would hide the semicolon.
    const end = sql.lastIndexOf("--") > sql.lastIndexOf("\n") ? "\n;" : ";";
    const text = `${"\n".repeat(blank)}${sql}${end}`;
    this.#line += lineCount(text);
    this.#text += text;
    return this.#text.length >= CHUNK_LENGTH ? this.#encode() : undefined;
  }

  /** @param tail statements at the end */
  finish(tail = ""): Uint8Array<ArrayBuffer> {
    this.#text += `\n${tail}`;
    return this.#encode();
  }

  #encode(): Uint8Array<ArrayBuffer> {
    const chunk = this.#encoder.encode(this.#text);
    this.#text = "";
    return chunk;
  }
}

/** What stands in front of and behind the statements of a file. */
export interface Frame {
  readonly head: string;
  readonly tail: string;
}

/** All statements as one text, in chunks. */
export async function* writeWhole(
  pieces: AsyncIterable<readonly Piece[]>,
  { head, tail }: Frame,
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  const writer = new PartWriter(head);
  for await (const some of pieces) {
    for (const piece of some) {
      const chunk = writer.add(piece);
      if (chunk) yield chunk;
    }
  }
  yield writer.finish(tail);
}

/**
 * The statements in parts; each makes the settings of those before it again.
 * @param length the UTF-16 units that a part may have; a longer statement is a part of its own
 */
export async function* writeParts(
  pieces: AsyncIterable<readonly Piece[]>,
  { head, tail }: Frame,
  length: number,
): AsyncGenerator<Part> {
  let settings = "";
  let part: PartBuilder | undefined;
  for await (const some of pieces) {
    for (const piece of some) {
      if (part && part.length + piece.sql.length > length) {
        yield part.finish();
        part = undefined;
      }
      part ??= new PartBuilder(head + settings, piece.line);
      head = "";
      part.add(piece);
      if (piece.isSetting) settings += `${piece.sql.replaceAll(/\s+/g, " ")};`;
    }
  }
  if (part) yield part.finish(tail);
}

/** Statements are held as the bytes that are sent: as text alone they would take memory twice. */
class PartBuilder {
  readonly #writer: PartWriter;
  readonly #chunks: Uint8Array<ArrayBuffer>[] = [];

  /** The UTF-16 units of the statements. */
  length = 0;

  constructor(head: string, firstLine: number) {
    this.#writer = new PartWriter(head, firstLine);
  }

  add(piece: Piece): void {
    this.length += piece.sql.length;
    const chunk = this.#writer.add(piece);
    if (chunk) this.#chunks.push(chunk);
  }

  finish(tail?: string): Part {
    this.#chunks.push(this.#writer.finish(tail));
    return {
      chunks: this.#chunks,
      bytes: this.#chunks.reduce((sum, { length }) => sum + length, 0),
      firstLine: this.#writer.firstLine,
      lastLine: this.#writer.lastLine,
    };
  }
}

function lineCount(text: string): number {
  let count = 0;
  for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) count++;
  return count;
}
