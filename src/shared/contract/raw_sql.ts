/**
 * The `Prefer` header by which a client asks the local backend for the results of all statements.
 */
export const PREFER_RESULTS = "results=all";
