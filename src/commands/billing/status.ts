import { Command } from "@cliffy/command";
import { getSubscription } from "../../client/platform/billing.ts";
import type { Context, Run } from "../../cli/context.ts";
import { formatDate } from "../../terminal/dates.ts";
import type { Result } from "../../terminal/present.ts";
import { facts } from "../../terminal/view.ts";
import { ORGANIZATION, organizationOf } from "../account/choose.ts";

/** `insforge billing status`. */
export const status = (run: Run) =>
  new Command()
    .option(...ORGANIZATION)
    .example("Which plan is it?", "insforge billing status")
    .action(run(runStatus));

/** Shows the plan of an organization. */
async function runStatus(context: Context, options: { orgId?: string }): Promise<Result> {
  const { platform, id } = await organizationOf(context, options.orgId);
  const subscription = await getSubscription(platform, id);
  return {
    data: subscription,
    view: facts([
      ["Plan", subscription.plan],
      ["Status", subscription.status],
      ["Runs until", formatDate(subscription.currentPeriodEnd, context.terminal) ?? undefined],
      ["Ends then", subscription.cancelAtPeriodEnd ? "yes" : "no"],
    ]),
  };
}
