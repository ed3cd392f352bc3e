import { Command } from "@cliffy/command";
import { getSchedule } from "../../client/backend/schedules.ts";
import type { Context, Run } from "../../cli/context.ts";
import { checkScheduleId } from "./fields.ts";
import { formatDate } from "../../terminal/dates.ts";
import type { Result } from "../../terminal/present.ts";
import { facts } from "../../terminal/view.ts";

/** `insforge schedules get`: everything about one schedule. */
export const get = (run: Run) =>
  new Command()
    .arguments("<id:string>")
    .example("Show one", "insforge schedules get 9556b666-7d80-4bb1-9c3b-a59c81583515")
    .action(run(runGet));

/** Shows a schedule; its next run in UTC too, as its fields are in UTC. @throws {HttpError} 404 */
async function runGet(context: Context, _: unknown, id: string): Promise<Result> {
  checkScheduleId(id);
  const schedule = await getSchedule(await context.backend(), id);
  const date = (iso?: string | null) => formatDate(iso, context.terminal) ?? undefined;
  return {
    data: schedule,
    view: facts([
      ["ID", schedule.id],
      ["Name", schedule.name],
      ["Cron", `${schedule.cronSchedule} (UTC)`],
      ["Call", `${schedule.httpMethod} ${schedule.functionUrl}`],
      ["Headers", schedule.headers ?? undefined],
      ["Body", schedule.body ?? undefined],
      ["Active", schedule.isActive !== false],
      ["Next run", nextRun(schedule.nextRun, date(schedule.nextRun))],
      ["Last run", date(schedule.lastExecutedAt) ?? "never"],
      ["Created", date(schedule.createdAt)],
      ["Updated", date(schedule.updatedAt)],
    ]),
  };
}

function nextRun(iso: string | null | undefined, shown: string | undefined): string {
  if (!iso || !shown) return "none";
  return shown === iso ? shown : `${shown} (${iso})`;
}
