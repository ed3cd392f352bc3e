import { Command } from "@cliffy/command";
import { deleteOrganization } from "../../client/platform/organizations.ts";
import { listProjects } from "../../client/platform/projects.ts";
import { linkedProject } from "../../config/project.ts";
import type { Context, Run } from "../../cli/context.ts";
import type { Result } from "../../terminal/present.ts";
import { success, text } from "../../terminal/view.ts";
import { ORGANIZATION } from "../account/choose.ts";
import { findOrganization, namedOrganization } from "./names.ts";

/** How many projects are named before it asks. */
const MOST_NAMED = 10;

/** `insforge orgs delete`. */
export const deleteOrg = (run: Run) =>
  new Command()
    .option(ORGANIZATION[0], "The organization, which has to be named.")
    .example("Delete one", "insforge orgs delete --org-id ORG")
    .action(run(runDelete));

/** Names what goes with it, asks, and deletes an organization. @throws {NotFoundError} */
async function runDelete(context: Context, options: { orgId?: string }): Promise<Result> {
  const id = namedOrganization(options.orgId);
  const platform = await context.platform();
  const { name } = await findOrganization(platform, id);
  const projects = (await listProjects(platform, id)).map((project) => project.name);
  const named = projects.slice(0, MOST_NAMED).join(", ");
  const more = projects.length > MOST_NAMED ? ` and ${projects.length - MOST_NAMED} more` : "";
  const what = projects.length === 0 ? "It has no projects." : `With it go ${named}${more}.`;
  await context.prompt.confirm(`Delete ${name} (${id})? ${what} This cannot be undone.`);
  await deleteOrganization(platform, id);
  const isLinked = linkedProject(context.launch)?.org_id === id;
  const done = success(`Deleted the organization ${name}.`);
  return {
    data: { deleted: true, org_id: id, linked_project_deleted: isLinked },
    view: isLinked
      ? [done, text("The linked project was one of its own. Link another: insforge link")]
      : done,
  };
}
