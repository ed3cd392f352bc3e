import { Command } from "@cliffy/command";
import { listSchedules } from "../../api/backend/schedules.ts";
import type { Context, Run } from "../../context.ts";
import { formatDate } from "../../output/dates.ts";
import type { Result } from "../../output/present.ts";
import { table } from "../../output/view.ts";

/** `insforge schedules list`: the scheduled calls. */
export const list = (run: Run) =>
  new Command()
    .example("List the schedules", "insforge schedules list")
    .action(run(runList));

/** Lists schedules, newest first. */
export async function runList(context: Context): Promise<Result> {
  const schedules = await listSchedules(await context.backend());
  return {
    data: schedules,
    view: table(
      [{ title: "ID", whole: true }, "Name", "Cron", "URL", "Method", "Active", "Next Run"],
      schedules.map((schedule) => [
        schedule.id,
        schedule.name,
        schedule.cronSchedule,
        schedule.functionUrl,
        schedule.httpMethod,
        schedule.isActive === false ? "no" : "yes",
        schedule.isActive === false ? "" : formatDate(schedule.nextRun, context.terminal),
      ]),
      "There are no schedules yet. Make one with: insforge schedules create",
    ),
  };
}
