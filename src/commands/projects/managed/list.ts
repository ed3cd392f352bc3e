import { Command } from "@cliffy/command";
import { listProjects } from "../../../client/platform/projects.ts";
import type { Context, Run } from "../../../cli/context.ts";
import type { Result } from "../../../terminal/present.ts";
import { table } from "../../../terminal/view.ts";
import { ORGANIZATION, organizationOf } from "../../account/choose.ts";

/** `insforge projects list`. */
export const list = (run: Run) =>
  new Command()
    .option(...ORGANIZATION)
    .example("List those of an organization", "insforge projects list --org-id ORG")
    .action(run(runList));

/** Lists the projects of one organization; `insforge list` has those of all. @throws {HttpError} */
async function runList(context: Context, options: { orgId?: string }): Promise<Result> {
  const { platform, id } = await organizationOf(context, options.orgId);
  const projects = await listProjects(platform, id);
  return {
    data: projects,
    view: table(
      [{ title: "ID", whole: true }, "Name", "Region", "Status"],
      projects.map(({ id, name, region, status }) => [id, name, region, status]),
      "The organization has no project yet. Create one with: insforge create",
    ),
  };
}
