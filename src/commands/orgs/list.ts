import { Command } from "@cliffy/command";
import { listOrganizations } from "../../client/platform/organizations.ts";
import type { Context, Run } from "../../cli/context.ts";
import type { Result } from "../../terminal/present.ts";
import { table } from "../../terminal/view.ts";

/** `insforge orgs list`. */
export const list = (run: Run) =>
  new Command()
    .example("List yours", "insforge orgs list")
    .action(run(runList));

/** Lists the account's organizations. */
async function runList(context: Context): Promise<Result> {
  const organizations = await listOrganizations(await context.platform());
  return {
    data: organizations,
    view: table(
      [{ title: "ID", whole: true }, "Name", "Type"],
      organizations.map(({ id, name, type }) => [id, name, type]),
      "You belong to no organization. Create one with: insforge orgs create",
    ),
  };
}
