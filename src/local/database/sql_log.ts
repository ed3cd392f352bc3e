import { DatabaseError } from "../errors.ts";
import type { Logger } from "../log.ts";

/** Milliseconds from which a statement is slow. */
const SLOW_MS = 500;
const MOST_CHARACTERS = 500;

/** Runs SQL and notes it when it fails or is slow. */
export async function observed<T>(
  log: Logger | undefined,
  sql: string,
  work: () => Promise<T>,
): Promise<T> {
  const started = performance.now();
  try {
    const result = await work();
    const duration = performance.now() - started;
    if (duration >= SLOW_MS) {
      const statement = withoutValues(sql);
      log?.warn(`slow statement: ${Math.round(duration)}ms`, { statement });
    }
    return result;
  } catch (error) {
    if (error instanceof DatabaseError) {
      const { sqlstate, detail } = error.fields;
      log?.error(error.message, {
        sqlstate,
        detail: detail && withoutKey(detail),
        statement: withoutValues(sql),
      });
    }
    throw error;
  }
}

/** String literals may be secrets, passwords and other people's data: they stay out of the log. */
function withoutValues(sql: string): string {
  return sql.slice(0, 4 * MOST_CHARACTERS).replace(/'(?:[^']|'')*(?:'|$)/g, "'…'")
    .replace(/(\$\w*\$)[^]*?(?:\1|$)/g, "$$…$$").replaceAll(/\s+/g, " ").trim()
    .slice(0, MOST_CHARACTERS);
}

/** `Key (email)=(a@b)` names the column, and not the value. */
function withoutKey(detail: string): string {
  return detail.replace(/=\(.*?\)(?= |$)/g, "=(…)");
}
