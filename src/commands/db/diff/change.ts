/** What a comparison of two schemas finds. */

/** Statements that belong together. */
export interface Change {
  readonly sql: string;
  /** What somebody has to know or decide. */
  readonly note?: string;
  /** Whether rows or columns are lost by it. */
  readonly isDestructive?: boolean;
  /** What it makes, alters or takes away: the same for both sides of a merge. */
  readonly object?: string;
}

/** A difference that no statement bridges. */
export interface Unbridged {
  readonly object: string;
  readonly why: string;
}

export interface Difference {
  readonly changes: readonly Change[];
  readonly unbridged: readonly Unbridged[];
}
