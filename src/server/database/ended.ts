/** How statements end that PostgreSQL did not finish. */
import { DatabaseError } from "../http/api_error.ts";

/** What a statement fails with that its client does not want any more. */
export const CANCELLED = { sqlstate: "57014", message: "canceling statement due to user request" };

/** What a statement fails with that ran longer than it may. @param timeout in milliseconds */
export function outOfTime(timeout: number): DatabaseError {
  return new DatabaseError({
    sqlstate: "57014",
    message: "canceling statement due to statement timeout",
    hint: `A statement may take ${timeout / 1000} seconds.`,
  });
}
