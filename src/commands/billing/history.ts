import { Command } from "@cliffy/command";
import { listPayments } from "../../client/platform/billing.ts";
import type { Context, Run } from "../../cli/context.ts";
import { formatDate } from "../../terminal/dates.ts";
import type { Result } from "../../terminal/present.ts";
import { table } from "../../terminal/view.ts";
import { ORGANIZATION, organizationOf } from "../account/choose.ts";

/** `insforge billing history`. */
export const history = (run: Run) =>
  new Command()
    .option(...ORGANIZATION)
    .example("What was paid?", "insforge billing history")
    .action(run(runHistory));

/** Lists what an organization has paid. */
async function runHistory(context: Context, options: { orgId?: string }): Promise<Result> {
  const { platform, id } = await organizationOf(context, options.orgId);
  const payments = await listPayments(platform, id);
  return {
    data: payments,
    view: table(
      ["Date", { title: "Amount", whole: true }, "Currency", "Status", "Description"],
      payments.map((payment) => [
        formatDate(payment.created_at, context.terminal),
        payment.amount_display,
        payment.currency?.toUpperCase(),
        payment.status,
        payment.description,
      ]),
      "Nothing was paid yet.",
    ),
  };
}
