import { Command } from "@cliffy/command";
import { suppress } from "../../client/backend/advisor.ts";
import type { Context, Run } from "../../cli/context.ts";
import { choiceOption } from "../../cli/options.ts";
import { UsageError } from "../../core/errors.ts";
import type { Result } from "../../terminal/present.ts";
import { success } from "../../terminal/view.ts";
import { orLint } from "./unavailable.ts";

const REASONS = ["false_positive", "accepted_risk", "wont_fix", "other"] as const;

interface Options {
  object?: string;
  reason?: string;
  note?: string;
}

/** `insforge advisor suppress`. */
export const suppressFinding = (run: Run) =>
  new Command()
    .arguments("<rule:string>")
    .option("--object <name:string>", "Of this object alone (default: the whole rule).")
    .option("--reason <reason:string>", `${REASONS.join(", ")}.`)
    .option("--note <text:string>", "Why, in your words; needed for the reason other.")
    .example(
      "Pass one over",
      "insforge advisor suppress unused-index --object public.a --reason wont_fix",
    )
    .action(run(runSuppress));

/** Passes a finding or a rule over. @throws {UsageError} without a reason */
async function runSuppress(context: Context, options: Options, ruleId: string): Promise<Result> {
  const { object, note } = options;
  const reason = choiceOption(options.reason, "--reason", REASONS);
  if (!reason) throw new UsageError("--reason is missing.", { hint: `Use ${REASONS.join(", ")}.` });
  if (reason === "other" && !note?.trim()) {
    throw new UsageError("--note is missing: the reason other needs one.");
  }
  const scope = object === undefined ? "rule" : "instance";
  const made = await orLint(
    suppress(await context.backend(), { ruleId, scope, affectedObject: object, reason, note }),
  );
  return {
    data: made,
    view: success(`Passed over. Tell of it again: insforge advisor unsuppress ${made.id}`),
  };
}
