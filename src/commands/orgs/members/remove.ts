import { Command } from "@cliffy/command";
import { listMembers, removeMember } from "../../../client/platform/organizations.ts";
import type { Context, Run } from "../../../cli/context.ts";
import { NotFoundError } from "../../../core/errors.ts";
import type { Result } from "../../../terminal/present.ts";
import { success } from "../../../terminal/view.ts";
import { ORGANIZATION, organizationOf } from "../../account/choose.ts";

/** `insforge orgs members remove`. */
export const remove = (run: Run) =>
  new Command()
    .arguments("<member:string>")
    .option(...ORGANIZATION)
    .example("Take somebody out", "insforge orgs members remove MEMBER")
    .action(run(runRemove));

/** Asks, and takes a member out. @throws {NotFoundError} */
async function runRemove(
  context: Context,
  options: { orgId?: string },
  memberId: string,
): Promise<Result> {
  const { platform, id } = await organizationOf(context, options.orgId);
  const found = (await listMembers(platform, id)).members.find((one) => one.id === memberId);
  if (!found) {
    throw new NotFoundError(`The organization has no member ${memberId}.`, {
      hint: "See who belongs to it with: insforge orgs members list",
    });
  }
  const name = found.email ?? found.name ?? memberId;
  await context.prompt.confirm(`Take ${name} out of the organization ${id}?`);
  await removeMember(platform, id, memberId);
  return {
    data: { removed: true, member_id: memberId },
    view: success(`${name} no longer belongs to the organization.`),
  };
}
