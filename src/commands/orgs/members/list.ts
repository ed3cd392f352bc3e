import { Command } from "@cliffy/command";
import { listMembers } from "../../../client/platform/organizations.ts";
import type { Context, Run } from "../../../cli/context.ts";
import { formatDate } from "../../../terminal/dates.ts";
import type { Result } from "../../../terminal/present.ts";
import { heading, table } from "../../../terminal/view.ts";
import { ORGANIZATION, organizationOf } from "../../account/choose.ts";

/** `insforge orgs members list`. */
export const list = (run: Run) =>
  new Command()
    .option(...ORGANIZATION)
    .example("Who belongs to it?", "insforge orgs members list")
    .action(run(runList));

/** Lists members, and invitations without an answer. */
async function runList(context: Context, options: { orgId?: string }): Promise<Result> {
  const { platform, id } = await organizationOf(context, options.orgId);
  const { members, invitations } = await listMembers(platform, id);
  const pending = invitations.filter(({ status }) => status === "pending");
  return {
    data: { members, invitations },
    view: [
      table(
        [{ title: "Member ID", whole: true }, "Name", "Email", "Role"],
        members.map((member) => [member.id, member.name, member.email, member.role]),
        "Nobody belongs to it.",
      ),
      ...(pending.length === 0 ? [] : [
        heading("Invited"),
        table(
          ["Email", "Role", "Until"],
          pending.map(({ email, role, expires_at }) => [
            email,
            role,
            formatDate(expires_at, context.terminal),
          ]),
          "",
        ),
      ]),
    ],
  };
}
