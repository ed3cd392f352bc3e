import { Command } from "@cliffy/command";
import { ORGANIZATION_TYPES, updateOrganization } from "../../client/platform/organizations.ts";
import { filledOption } from "../../cli/options.ts";
import type { Context, Run } from "../../cli/context.ts";
import { UsageError } from "../../core/errors.ts";
import type { Result } from "../../terminal/present.ts";
import { success } from "../../terminal/view.ts";
import { ORGANIZATION, organizationOf } from "../account/choose.ts";
import { typeOption } from "./names.ts";

interface Options {
  name?: string;
  type?: string;
  orgId?: string;
}

/** `insforge orgs update`. */
export const update = (run: Run) =>
  new Command()
    .option("--name <name:string>", "How it is called from now on.")
    .option("--type <type:string>", `One of ${ORGANIZATION_TYPES.join(", ")}.`)
    .option(...ORGANIZATION)
    .example("Rename it", 'insforge orgs update --name "The shop"')
    .action(run(runUpdate));

/** Changes an organization. @throws {UsageError} without anything to change */
async function runUpdate(context: Context, options: Options): Promise<Result> {
  const change = { name: filledOption(options.name, "--name"), type: typeOption(options.type) };
  if (change.name === undefined && change.type === undefined) {
    throw new UsageError("There is nothing to change.", { hint: "Give --name, --type or both." });
  }
  const { platform, id } = await organizationOf(context, options.orgId);
  const organization = await updateOrganization(platform, id, change);
  return { data: organization, view: success(`Changed the organization ${organization.name}.`) };
}
