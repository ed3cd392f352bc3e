import { Command } from "@cliffy/command";
import { deleteSchedule, getSchedule } from "../../client/backend/schedules.ts";
import type { Context, Run } from "../../cli/context.ts";
import { checkScheduleId } from "./fields.ts";
import type { Result } from "../../terminal/present.ts";
import { success } from "../../terminal/view.ts";

/** `insforge schedules delete`: removes a schedule with its history. */
export const remove = (run: Run) =>
  new Command()
    .arguments("<id:string>")
    .example("Delete without a question", "insforge schedules delete ID -y")
    .action(run(runDelete));

/** Asks by name and deletes. @throws {HttpError} 404 */
async function runDelete(context: Context, _: unknown, id: string): Promise<Result> {
  checkScheduleId(id);
  const backend = await context.backend();
  const { name } = await getSchedule(backend, id);
  await context.prompt.confirm(`Delete the schedule ${name}, and the history of its runs?`);
  const answer = await deleteSchedule(backend, id);
  return { data: answer, view: success(answer?.message ?? `Deleted the schedule ${name}.`) };
}
