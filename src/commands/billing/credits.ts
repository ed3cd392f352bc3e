import { Command } from "@cliffy/command";
import { getCredits } from "../../client/platform/billing.ts";
import type { Context, Run } from "../../cli/context.ts";
import { formatDate } from "../../terminal/dates.ts";
import type { Result } from "../../terminal/present.ts";
import { facts, table } from "../../terminal/view.ts";
import { ORGANIZATION, organizationOf } from "../account/choose.ts";

/** `insforge billing credits`. */
export const credits = (run: Run) =>
  new Command()
    .option(...ORGANIZATION)
    .example("What is left?", "insforge billing credits")
    .action(run(runCredits));

/** Shows the credit of an organization. */
async function runCredits(context: Context, options: { orgId?: string }): Promise<Result> {
  const { platform, id } = await organizationOf(context, options.orgId);
  const found = await getCredits(platform, id);
  return {
    data: found,
    view: [
      facts([["Credit", found.creditBalanceFormatted]]),
      ...(found.transactions.length === 0 ? [] : [
        table(
          ["Date", { title: "Amount", whole: true }, "Description"],
          found.transactions.map(({ created, amountCents, description }) => [
            formatDate(created, context.terminal),
            (amountCents / 100).toFixed(2),
            description,
          ]),
          "",
        ),
      ]),
    ],
  };
}
