import { Command } from "@cliffy/command";
import { createSchedule, getSchedule } from "../../client/backend/schedules.ts";
import type { Context, Run } from "../../cli/context.ts";
import { UsageError } from "../../core/errors.ts";
import { formatDate } from "../../terminal/dates.ts";
import type { Result } from "../../terminal/present.ts";
import { facts, success } from "../../terminal/view.ts";
import { scheduleFields, type ScheduleOptions, withAddress } from "./fields.ts";

const REQUIRED = ["name", "cron", "url", "method"] as const;
/** How a function is called unless another way is named. */
const FUNCTION_METHOD = "POST";

/** `insforge schedules create`: a call at set times. */
export const create = (run: Run) =>
  new Command()
    .option("--name <name:string>", "A name of at least 3 characters.")
    .option(
      "--cron <fields:string>",
      "Five fields in UTC: minute, hour, day, month, weekday; or 30 seconds.",
    )
    .option("--url <url:string>", "The address to call.")
    .option("--function <slug:string>", "The function to call, in the place of an address.")
    .option("--method <method:string>", "GET, POST, PUT, PATCH or DELETE (a function's: POST).")
    .option("--headers <json:string>", "Headers; values may hold ${{secrets.KEY}}.")
    .option("--body <json:string>", "The JSON object to send.")
    .example(
      "A function, every night",
      "insforge schedules create --name tidy --cron '0 3 * * *' --function tidy",
    )
    .example(
      "Every five minutes",
      "insforge schedules create --name sync --cron '*/5 * * * *' \\\n" +
        "    --url https://app.us-east.insforge.app/functions/sync --method POST",
    )
    .action(run(runCreate));

/** Makes it and says when it runs first. @throws {UsageError} before any request */
async function runCreate(context: Context, given: ScheduleOptions): Promise<Result> {
  const byFunction = given.function === undefined ? {} : { method: FUNCTION_METHOD };
  const options = await withAddress(context, { ...byFunction, ...given });
  const missing = REQUIRED.filter((name) => !options[name])
    .map((name) => `--${name}`);
  if (missing.length > 0) {
    throw new UsageError(`Missing ${missing.join(", ")}.`, {
      hint: "See: insforge schedules create --help",
    });
  }
  const fields = scheduleFields(options);
  const backend = await context.backend();
  const confirmation = await createSchedule(backend, fields);
  const { id } = confirmation;
  if (context.options.json || !id) {
    return { data: confirmation, view: success(`Created the schedule ${fields.name}.`) };
  }
  const { nextRun } = await getSchedule(backend, id);
  return {
    view: [
      success(`Created the schedule ${fields.name}.`),
      facts([["ID", id], ["Next run", formatDate(nextRun, context.terminal) ?? undefined]]),
    ],
  };
}
