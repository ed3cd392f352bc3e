import { Command } from "@cliffy/command";
import { getSchedule, listExecutions } from "../../client/backend/schedules.ts";
import type { Context, Run } from "../../cli/context.ts";
import { UsageError } from "../../core/errors.ts";
import { checkScheduleId } from "./fields.ts";
import { formatDate } from "../../terminal/dates.ts";
import type { Result } from "../../terminal/present.ts";
import { table, text } from "../../terminal/view.ts";

interface Options {
  limit: number;
  offset: number;
}

const MOST = 100;

/** `insforge schedules logs`: what became of a schedule's runs. */
export const logs = (run: Run) =>
  new Command()
    .arguments("<id:string>")
    .option("--limit <count:integer>", `How many runs, at most ${MOST}.`, { default: 50 })
    .option("--offset <count:integer>", "How many of the newest to pass over.", { default: 0 })
    .example("The newest runs", "insforge schedules logs ID --limit 10")
    .action(run(runLogs));

/** Shows a page of runs, newest first. @throws {UsageError} @throws {HttpError} 404 */
async function runLogs(
  context: Context,
  { limit, offset }: Options,
  id: string,
): Promise<Result> {
  if (limit < 1 || limit > MOST) throw new UsageError(`--limit is a number from 1 to ${MOST}.`);
  if (offset < 0) throw new UsageError("--offset must not be negative.");
  checkScheduleId(id);
  const backend = await context.backend();
  const page = await listExecutions(backend, id, { limit, offset });
  // Of a schedule that does not exist, backends answer no runs.
  if (page.logs.length === 0 && offset === 0) await getSchedule(backend, id);
  const next = offset + page.logs.length;
  return {
    data: page,
    view: [
      table(
        ["Executed At", "Status", "Success", { title: "Duration (ms)", align: "right" }, "Message"],
        page.logs.map(({ executedAt, statusCode, success, durationMs, message }) => [
          formatDate(executedAt, context.terminal),
          statusCode,
          success ? "yes" : "no",
          durationMs,
          message ?? "",
        ]),
        offset > 0 ? "There are no older runs." : "It has not run yet.",
      ),
      ...(next < page.totalCount
        ? [text(`${next} of ${page.totalCount} shown; for older ones add --offset ${next}`)]
        : []),
    ],
  };
}
