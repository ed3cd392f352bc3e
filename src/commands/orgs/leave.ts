import { Command } from "@cliffy/command";
import { leaveOrganization } from "../../client/platform/organizations.ts";
import type { Context, Run } from "../../cli/context.ts";
import { advised } from "../../core/errors.ts";
import type { Result } from "../../terminal/present.ts";
import { success } from "../../terminal/view.ts";
import { ORGANIZATION } from "../account/choose.ts";
import { findOrganization, namedOrganization } from "./names.ts";

/** `insforge orgs leave`. */
export const leave = (run: Run) =>
  new Command()
    .option(ORGANIZATION[0], "The organization, which has to be named.")
    .example("Leave one", "insforge orgs leave --org-id ORG")
    .action(run(runLeave));

/** Asks, and gives up the account's membership. @throws {NotFoundError} */
async function runLeave(context: Context, options: { orgId?: string }): Promise<Result> {
  const id = namedOrganization(options.orgId);
  const platform = await context.platform();
  const { name } = await findOrganization(platform, id);
  await context.prompt.confirm(
    `Leave ${name} (${id})? Its projects are out of reach until you are invited again.`,
  );
  await advised(
    leaveOrganization(platform, id),
    400,
    `Make somebody else administrator before: insforge orgs members list --org-id ${id}`,
  );
  return { data: { left: true, org_id: id }, view: success(`You have left ${name}.`) };
}
