import { Command } from "@cliffy/command";
import { listSuppressions } from "../../client/backend/advisor.ts";
import type { Context, Run } from "../../cli/context.ts";
import { formatDate } from "../../terminal/dates.ts";
import type { Result } from "../../terminal/present.ts";
import { table } from "../../terminal/view.ts";
import { orLint } from "./unavailable.ts";

/** `insforge advisor suppressions`. */
export const suppressions = (run: Run) =>
  new Command()
    .example("See what is passed over", "insforge advisor suppressions")
    .action(run(runSuppressions));

/** Lists what is passed over. @throws {HttpError} where the backend has no advisor */
async function runSuppressions(context: Context): Promise<Result> {
  const all = await orLint(listSuppressions(await context.backend()));
  return {
    data: all,
    view: table(
      [{ title: "ID", whole: true }, "Rule", "Object", "Reason", "Note", "Since"],
      all.map(({ id, ruleId, affectedObject, reason, note, createdAt }) => [
        id,
        ruleId,
        affectedObject ?? "all",
        reason,
        note,
        formatDate(createdAt, context.terminal),
      ]),
      "Nothing is passed over.",
    ),
  };
}
