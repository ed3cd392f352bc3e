import type { PostgresErrorFields } from "../messages.ts";

const ADVICE = "Leave it out, or use one of those that are here: " +
  'insforge db query "SELECT name, comment FROM pg_available_extensions"';

/**
 * PostgreSQL tells whoever misses an extension to install it on the system, which nobody can here.
 */
export function withAdvice(error: PostgresErrorFields): PostgresErrorFields {
  const isMissing = error.sqlstate === "0A000" &&
    /^extension ".*" is not available$/.test(error.message);
  return isMissing ? { ...error, detail: undefined, hint: ADVICE } : error;
}
