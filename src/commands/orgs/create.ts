import { Command } from "@cliffy/command";
import { createOrganization, ORGANIZATION_TYPES } from "../../client/platform/organizations.ts";
import type { Context, Run } from "../../cli/context.ts";
import { UsageError } from "../../core/errors.ts";
import type { Result } from "../../terminal/present.ts";
import { success } from "../../terminal/view.ts";
import { typeOption } from "./names.ts";

/** `insforge orgs create`. */
export const create = (run: Run) =>
  new Command()
    .arguments("<name:string>")
    .option("--type <type:string>", `One of ${ORGANIZATION_TYPES.join(", ")} (default: team).`)
    .example("One for a team", 'insforge orgs create "The shop"')
    .action(run(runCreate));

/** Makes an organization. */
async function runCreate(
  context: Context,
  options: { type?: string },
  name: string,
): Promise<Result> {
  const type = typeOption(options.type) ?? "team";
  if (name.trim() === "") throw new UsageError("The name of the organization is empty.");
  const organization = await createOrganization(await context.platform(), { name, type });
  return {
    data: organization,
    view: success(`Created the organization ${organization.name} (${organization.id}).`),
  };
}
