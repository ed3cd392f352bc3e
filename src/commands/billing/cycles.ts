import { Command } from "@cliffy/command";
import { getBillingCycles } from "../../client/platform/billing.ts";
import type { Context, Run } from "../../cli/context.ts";
import type { BillingCycle } from "../../shared/contract/platform.ts";
import type { Result } from "../../terminal/present.ts";
import { facts } from "../../terminal/view.ts";
import { ORGANIZATION, organizationOf } from "../account/choose.ts";

/** `insforge billing cycles`. */
export const cycles = (run: Run) =>
  new Command()
    .option(...ORGANIZATION)
    .example("When does the cycle end?", "insforge billing cycles")
    .action(run(runCycles));

/** Shows the billing cycles of an organization. */
async function runCycles(context: Context, options: { orgId?: string }): Promise<Result> {
  const { platform, id } = await organizationOf(context, options.orgId);
  const { current, previous } = await getBillingCycles(platform, id);
  const days = ({ start_date, end_date }: BillingCycle) =>
    `${start_date.slice(0, 10)} to ${end_date.slice(0, 10)}`;
  return {
    data: { current, ...(previous ? { previous } : {}) },
    view: facts([
      ["Current", days(current)],
      ["Previous", previous ? days(previous) : undefined],
    ]),
  };
}
