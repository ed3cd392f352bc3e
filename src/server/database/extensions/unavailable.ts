import type { PostgresErrorFields } from "../messages.ts";

const ADVICE = "Leave it out, or use one of those that are here: " +
  'insforge db query "SELECT name, comment FROM pg_available_extensions"';

const CRON_ADVICE = "Leave it out: its tables and functions are there from the start.";

/**
 * PostgreSQL tells whoever misses an extension to install it on the system, which nobody can here.
 * A PostgreSQL server has `pg_cron` in SQL, of which it knows nothing as an extension.
 */
export function withAdvice(error: PostgresErrorFields): PostgresErrorFields {
  if (
    /^(permission denied to create )?extension "pg_cron"( is not available)?$/.test(error.message)
  ) {
    return { ...error, detail: undefined, hint: CRON_ADVICE };
  }
  const isMissing = error.sqlstate === "0A000" &&
    /^extension ".*" is not available$/.test(error.message);
  return isMissing ? { ...error, detail: undefined, hint: ADVICE } : error;
}
