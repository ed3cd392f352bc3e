import { Cron } from "croner";
import { ApiError } from "../http/api_error.ts";

/** Sub-minute form of contract section 10.1: `30 seconds`. */
const INTERVAL = /^\s*([1-9]|[1-5]\d)\s+seconds?\s*$/i;

/**
 * The first time after another one at which an expression is due, in UTC; undefined when there is
 * none.
 * @param expression five cron fields, or `N seconds`
 * @throws {ApiError} 400 SCHEDULE_INVALID_CRON for fields that do not parse
 */
export function nextRun(expression: string, after: Date): Date | undefined {
  const interval = INTERVAL.exec(expression);
  if (interval) {
    const step = Number(interval[1]) * 1000;
    return new Date((Math.floor(after.getTime() / step) + 1) * step);
  }
  try {
    const cron = new Cron(expression, { timezone: "UTC", mode: "5-part", paused: true });
    return cron.nextRun(after) ?? undefined;
  } catch (error) {
    throw new ApiError(
      400,
      "SCHEDULE_INVALID_CRON",
      `The cron expression ${JSON.stringify(expression)} is not valid: ${
        (error as Error).message.replace(/^CronPattern:\s*/, "")
      }`,
      "Use five fields: minute, hour, day of month, month, day of week.",
    );
  }
}
