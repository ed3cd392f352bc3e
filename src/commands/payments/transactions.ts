import { Command } from "@cliffy/command";
import type { Context, Run } from "../../cli/context.ts";
import { listTransactions } from "../../client/backend/payments.ts";
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
import { amountOf } from "./views.ts";

/** `insforge payments stripe transactions`. */
export const transactions = (run: Run) =>
  new Command()
    .type("environment", environmentType)
    .option("--environment <name:environment>", ENVIRONMENT_HELP)
    .option("--subject-type <name:string>", SUBJECT_TYPE_HELP)
    .option("--subject-id <id:string>", SUBJECT_ID_HELP)
    .option("--limit <count:integer>", LIMIT_HELP)
    .example("See what was paid", "insforge payments stripe transactions")
    .action(run(runTransactions));

async function runTransactions(context: Context, options: RowOptions): Promise<Result> {
  const { environment = "test" } = options;
  const wanted = wantedRows(options);
  const answer = await listTransactions(await context.backend(), environment, wanted);
  return {
    data: answer,
    view: table(
      [
        "What",
        "Status",
        { title: "Amount", align: "right" },
        { title: "Given back", align: "right", spare: true },
        { title: "Whose", spare: true },
        { title: "At Stripe", whole: true, spare: true },
        { title: "When", spare: true },
      ],
      answer.transactions.map((found) => [
        found.type.replaceAll("_", " "),
        found.status.replaceAll("_", " "),
        amountOf(found.amount, found.currency),
        found.amountRefunded ? amountOf(found.amountRefunded, found.currency) : "",
        subjectOf(found),
        found.providerReferenceId ?? "",
        formatDate(found.providerCreatedAt ?? found.createdAt, context.terminal) ?? "",
      ]),
      "There are no transactions.",
    ),
  };
}
