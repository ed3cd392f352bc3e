/**
 * The `Prefer` header by which a client asks the local backend for the results of all statements.
 */
export const PREFER_RESULTS = "results=all";

/**
 * What of a statement InsForge's own PostgreSQL does not take and the local backend's does: in
 * `warnings` of answers that only the local backend gives.
 */
export interface NewerSyntax {
  /** One-based, in the text of the request. */
  readonly line: number;
  /** One-based, where the text has several. */
  readonly statement?: number;
  /** What it is in SQL, each with the version of PostgreSQL that brought it. */
  readonly what: readonly string[];
}

/**
 * What SQL said while it ran, such as with `RAISE NOTICE`: in `notices` of answers, and of the
 * details of errors, that only the local backend gives.
 */
export interface SqlNotice {
  /** In PostgreSQL's words, such as NOTICE, WARNING or INFO. */
  readonly severity: string;
  readonly message: string;
  readonly detail?: string;
  readonly hint?: string;
}
