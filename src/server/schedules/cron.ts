import { Cron } from "croner";
import { CRON_INTERVAL, cronProblem } from "../../shared/contract/cron.ts";
import { ApiError } from "../http/api_error.ts";

/** @throws {ApiError} 400 SCHEDULE_INVALID_CRON for what pg_cron does not take, or never runs */
export function checkCron(expression: string, now: Date): void {
  const problem = CRON_INTERVAL.test(expression) ? undefined : cronProblem(expression);
  if (problem !== undefined) throw invalidCron(expression, problem);
  nextRun(expression, now);
}

/**
 * The first time after another one at which an expression is due, in UTC; undefined when there is
 * none.
 * @param expression five cron fields, or `N seconds`
 * @throws {ApiError} 400 SCHEDULE_INVALID_CRON for fields that do not parse
 */
export function nextRun(expression: string, after: Date): Date | undefined {
  const interval = CRON_INTERVAL.exec(expression);
  if (interval) {
    const step = Number(interval[1]) * 1000;
    return new Date((Math.floor(after.getTime() / step) + 1) * step);
  }
  try {
    const cron = new Cron(expression, { timezone: "UTC", mode: "5-part", paused: true });
    return cron.nextRun(after) ?? undefined;
  } catch (error) {
    throw invalidCron(expression, (error as Error).message.replace(/^CronPattern:\s*/, ""));
  }
}

function invalidCron(expression: string, problem: string): ApiError {
  return new ApiError(
    400,
    "SCHEDULE_INVALID_CRON",
    `The cron expression ${JSON.stringify(expression)} is not valid: ${problem}`,
    "Use five fields: minute, hour, day of month, month, day of week.",
  );
}
