import { Command } from "@cliffy/command";
import type { Context, Run } from "../../cli/context.ts";
import { listSubscriptions } from "../../client/backend/payments.ts";
import { formatDate } from "../../terminal/dates.ts";
import type { Result } from "../../terminal/present.ts";
import { table } from "../../terminal/view.ts";
import {
  ENVIRONMENT_HELP,
  environmentType,
  LIMIT_HELP,
  type RowOptions,
  SUBJECT_ID_HELP,
  SUBJECT_TYPE_HELP,
  subjectOf,
  wantedRows,
} from "./options.ts";

/** `insforge payments stripe subscriptions`. */
export const subscriptions = (run: Run) =>
  new Command()
    .type("environment", environmentType)
    .option("--environment <name:environment>", ENVIRONMENT_HELP)
    .option("--subject-type <name:string>", SUBJECT_TYPE_HELP)
    .option("--subject-id <id:string>", SUBJECT_ID_HELP)
    .option("--limit <count:integer>", LIMIT_HELP)
    .example("See them", "insforge payments stripe subscriptions")
    .action(run(runSubscriptions));

async function runSubscriptions(context: Context, options: RowOptions): Promise<Result> {
  const { environment = "test" } = options;
  const wanted = wantedRows(options);
  const answer = await listSubscriptions(await context.backend(), environment, wanted);
  return {
    data: answer,
    view: table(
      [
        { title: "Subscription", whole: true },
        { title: "Customer", whole: true, spare: true },
        "Whose",
        "Status",
        { title: "Until", spare: true },
        { title: "Ends", spare: true },
      ],
      answer.subscriptions.map((found) => [
        found.subscriptionId,
        found.customerId ?? "",
        subjectOf(found),
        found.status,
        formatDate(found.currentPeriodEnd, context.terminal) ?? "",
        found.cancelAtPeriodEnd || found.cancelAt ? "yes" : "no",
      ]),
      "There are no subscriptions.",
    ),
  };
}
