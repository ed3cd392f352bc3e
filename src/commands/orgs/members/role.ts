import { Command } from "@cliffy/command";
import { updateMemberRole } from "../../../client/platform/organizations.ts";
import { choiceOption } from "../../../cli/options.ts";
import type { Context, Run } from "../../../cli/context.ts";
import { MEMBER_ROLES } from "../../../shared/contract/platform.ts";
import type { Result } from "../../../terminal/present.ts";
import { success } from "../../../terminal/view.ts";
import { ORGANIZATION, organizationOf } from "../../account/choose.ts";

/** `insforge orgs members role`. */
export const role = (run: Run) =>
  new Command()
    .arguments("<member:string> <role:string>")
    .option(...ORGANIZATION)
    .example("Let somebody manage it", "insforge orgs members role MEMBER administrator")
    .action(run(runRole));

/** Changes what a member may do. @throws {NotFoundError | HttpError} */
async function runRole(
  context: Context,
  options: { orgId?: string },
  memberId: string,
  wanted: string,
): Promise<Result> {
  const role = choiceOption(wanted, "The role", MEMBER_ROLES)!;
  const { platform, id } = await organizationOf(context, options.orgId);
  const member = await updateMemberRole(platform, id, memberId, role);
  return { data: member, view: success(`${memberId} is ${member.role} now.`) };
}
