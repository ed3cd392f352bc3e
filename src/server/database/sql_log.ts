import { DatabaseError } from "../http/api_error.ts";
import type { Logger } from "../logs/log_file.ts";
import { statementWithoutValues } from "../../shared/sql/without_values.ts";
import { keyColumnsOf, messageWithoutValues } from "./without_values.ts";

/** Milliseconds from which a statement is slow. */
const SLOW_MS = 500;

/** Runs SQL and notes it, without any value, when it fails or is slow. */
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
      const statement = statementWithoutValues(sql);
      log?.warn(`slow statement: ${Math.round(duration)}ms`, { statement });
    }
    return result;
  } catch (error) {
    if (error instanceof DatabaseError) {
      const { sqlstate, detail } = error.fields;
      log?.error(messageWithoutValues(error, sql), {
        sqlstate,
        key: keyColumnsOf(detail),
        statement: statementWithoutValues(sql),
      });
    }
    throw error;
  }
}
