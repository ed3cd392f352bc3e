/** A statement as it is sent. */
export interface Piece {
  readonly sql: string;
  /** The line of the file on which it begins. */
  readonly line: number;
  /** Whether it holds for those behind it. */
  readonly isSetting: boolean;
  /** Of many rows, each on its own line of the file: the statement up to the first one. */
  readonly insert?: string;
}
