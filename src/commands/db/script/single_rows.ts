/** INSERTs of a row each, as one of many rows: a backend plans and runs each statement anew. */
import { literalRows } from "../../../shared/sql/literal_rows.ts";
import type { Piece } from "./piece.ts";

/**
 * The length of an INSERT that carries many rows, in UTF-16 units; a longer row is one by itself.
 */
export const INSERT_LENGTH = 100_000;

/** Rows that follow each other, of one INSERT. */
interface Gathered {
  readonly head: string;
  readonly table: string;
  readonly width: number;
  readonly line: number;
  /** What follows the INSERT: the rows, each on its own line of the file. */
  text: string;
  lastLine: number;
}

/** Puts rows together that come in a row. */
export class SingleRows {
  #gathered: Gathered | undefined;

  /**
   * Takes a statement of the file; answers what is complete with it, in order.
   * @param isFree whether rows of this table can come at once as well as one by one
   */
  take(piece: Piece, isFree: (table: string) => boolean): Piece[] {
    const { sql, line } = piece;
    const before = this.#gathered;
    const row = /^INSERT\b/i.test(sql) && sql.length < INSERT_LENGTH && !sql.includes("\n")
      ? literalRows(sql, before)
      : undefined;
    if (!row || row.rows > 1) return [...this.end(), piece];
    const text = sql.slice(row.head.length).trim();
    if (
      before && before.head === row.head && before.width === row.width &&
      before.lastLine < line && before.text.length < INSERT_LENGTH
    ) {
      before.text += `,${"\n".repeat(line - before.lastLine)}${text}`;
      before.lastLine = line;
      return [];
    }
    if (!isFree(row.table)) return [...this.end(), piece];
    const complete = this.end();
    const { head, table, width } = row;
    this.#gathered = { head, table, width, line, text, lastLine: line };
    return complete;
  }

  /** What is not complete yet. */
  end(): Piece[] {
    if (!this.#gathered) return [];
    const { head, text, line } = this.#gathered;
    this.#gathered = undefined;
    return [{ sql: `${head} ${text}`, line, isSetting: false, insert: head }];
  }
}
