import { Command } from "@cliffy/command";
import { inviteMember } from "../../../client/platform/organizations.ts";
import { choiceOption } from "../../../cli/options.ts";
import type { Context, Run } from "../../../cli/context.ts";
import { UsageError } from "../../../core/errors.ts";
import { MEMBER_ROLES } from "../../../shared/contract/platform.ts";
import type { Result } from "../../../terminal/present.ts";
import { success } from "../../../terminal/view.ts";
import { ORGANIZATION, organizationOf } from "../../account/choose.ts";

interface Options {
  role?: string;
  orgId?: string;
}

/** `insforge orgs members invite`. */
export const invite = (run: Run) =>
  new Command()
    .arguments("<email:string>")
    .option("--role <role:string>", `One of ${MEMBER_ROLES.join(", ")} (default: developer).`)
    .option(...ORGANIZATION)
    .example("Ask somebody to join", "insforge orgs members invite grace@example.com")
    .action(run(runInvite));

/** Asks somebody to join. */
async function runInvite(context: Context, options: Options, email: string): Promise<Result> {
  const role = choiceOption(options.role, "--role", MEMBER_ROLES) ?? "developer";
  if (!/^[^@\s]+@[^@\s]+$/.test(email)) throw new UsageError(`${email} is no email address.`);
  const { platform, id } = await organizationOf(context, options.orgId);
  const invitation = await inviteMember(platform, id, { email, role });
  return { data: invitation, view: success(`Invited ${email} as ${invitation.role}.`) };
}
