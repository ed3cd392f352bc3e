import { Command } from "@cliffy/command";
import { updateSchedule } from "../../client/backend/schedules.ts";
import type { Context, Run } from "../../cli/context.ts";
import { UsageError } from "../../core/errors.ts";
import { booleanOption } from "../../cli/options.ts";
import type { Result } from "../../terminal/present.ts";
import { success } from "../../terminal/view.ts";
import { checkScheduleId, scheduleFields, type ScheduleOptions, withAddress } from "./fields.ts";

interface Options extends ScheduleOptions {
  active?: string;
}

/** `insforge schedules update`: changes what is given. */
export const update = (run: Run) =>
  new Command()
    .arguments("<id:string>")
    .option("--name <name:string>", "Another name.")
    .option("--cron <fields:string>", "Other times: five fields in UTC.")
    .option("--url <url:string>", "Another address.")
    .option("--function <slug:string>", "A function to call, in the place of an address.")
    .option("--method <method:string>", "GET, POST, PUT, PATCH or DELETE.")
    .option("--headers <json:string>", "Other headers; values may hold ${{secrets.KEY}}.")
    .option("--body <json:string>", "Another JSON object to send.")
    .option("--active <boolean:string>", "true or false: whether it runs.")
    .example("Pause it", "insforge schedules update ID --active false")
    .example("Run it every hour", "insforge schedules update ID --cron '0 * * * *'")
    .action(run(runUpdate));

/** Changes a schedule. @throws {UsageError} when nothing is to change @throws {HttpError} 404 */
async function runUpdate(context: Context, options: Options, id: string): Promise<Result> {
  checkScheduleId(id);
  const isActive = options.active === undefined
    ? undefined
    : booleanOption(options.active, "--active");
  const fields = { ...scheduleFields(await withAddress(context, options)), isActive };
  if (Object.values(fields).every((value) => value === undefined)) {
    throw new UsageError("Nothing is to change.", {
      hint: "Give at least one option; see: insforge schedules update --help",
    });
  }
  const answer = await updateSchedule(await context.backend(), id, fields);
  return { data: answer, view: success(answer?.message ?? `Updated the schedule ${id}.`) };
}
