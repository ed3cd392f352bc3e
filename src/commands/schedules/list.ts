import { Command } from "@cliffy/command";
import { listSchedules, type Schedule } from "../../client/backend/schedules.ts";
import type { Context, Run } from "../../cli/context.ts";
import { formatDate } from "../../terminal/dates.ts";
import type { Result } from "../../terminal/present.ts";
import { table } from "../../terminal/view.ts";

/** `insforge schedules list`: the scheduled calls. */
export const list = (run: Run) =>
  new Command()
    .example("List the schedules", "insforge schedules list")
    .action(run(runList));

/** Lists schedules, newest first. */
async function runList(context: Context): Promise<Result> {
  const schedules = await listSchedules(await context.backend());
  const active = ({ isActive }: Schedule) => isActive === false ? "no" : "yes";
  return {
    data: schedules,
    view: table(
      [
        { title: "ID", whole: true },
        "Name",
        "Cron",
        { title: "URL", whole: true, spare: true },
        { title: "Method", spare: true },
        "Active",
        { title: "Next Run", spare: true },
      ],
      schedules.map((schedule) => [
        schedule.id,
        schedule.name,
        schedule.cronSchedule,
        schedule.functionUrl,
        schedule.httpMethod,
        active(schedule),
        schedule.isActive === false ? "" : formatDate(schedule.nextRun, context.terminal),
      ]),
      "There are no schedules yet. Make one with: insforge schedules create",
    ),
  };
}
