import { Command } from "@cliffy/command";
import { listOrganizations } from "../../client/platform/organizations.ts";
import { listProjects } from "../../client/platform/projects.ts";
import type { Organization, PlatformProject } from "../../shared/contract/platform.ts";
import type { Context, Run } from "../../cli/context.ts";
import { CliError } from "../../core/errors.ts";
import type { Result } from "../../terminal/present.ts";
import { type Cell, heading, table, text, type View } from "../../terminal/view.ts";

interface Listing {
  readonly organization: Organization;
  readonly projects: readonly PlatformProject[];
}

/** `insforge list`: the organizations of the account and their projects. */
export const list = (run: Run) =>
  new Command()
    .example("Find a project's id", "insforge list")
    .action(run(runList));

/** Lists what the account can see; an organization that cannot be read is named and left out. */
async function runList(context: Context): Promise<Result> {
  const platform = await context.platform();
  using progress = context.progress("Reading the organizations");
  const organizations = await listOrganizations(platform);
  progress.update("Reading the projects");
  const listings = await Promise.all(organizations.map(async (organization): Promise<Listing> => {
    try {
      return { organization, projects: await listProjects(platform, organization.id) };
    } catch (error) {
      if (!(error instanceof CliError) || organizations.length === 1) throw error;
      context.warn(`Cannot read the projects of ${organization.name}: ${error.message}`);
      return { organization, projects: [] };
    }
  }));
  progress.stop();
  return {
    data: listings.map(({ organization, projects }) => ({
      id: organization.id,
      name: organization.name,
      type: organization.type ?? null,
      projects: projects.map(({ id, name, region, status, appkey }) => ({
        id,
        name,
        region,
        status,
        appkey,
      })),
    })),
    view: table(
      ["Organization", "Project", "Region", "Status", "AppKey", ID],
      listings.flatMap(rowsOf),
      "There are no organizations yet.",
      listings.flatMap(tableOf),
    ),
  };
}

const ID = { title: "Project ID", whole: true };

/** One organization where there is less room. */
function tableOf({ organization, projects }: Listing): View[] {
  const rows = projects.map(({ name, region, status, id }) => [name, region, status, id]);
  return [
    heading(organization.name),
    table(["Project", "Region", "Status", ID], rows, "It has no projects yet."),
    ...(rows.length > 0 ? [text("Left out, as there is no room: AppKey. --json has all.")] : []),
  ];
}

/** The organization's name stands in its first row only. */
function rowsOf({ organization, projects }: Listing): Cell[][] {
  if (projects.length === 0) return [[organization.name, "-", "-", "-", "-", "-"]];
  return projects.map((project, index) => [
    index === 0 ? organization.name : "",
    project.name,
    project.region,
    project.status,
    project.appkey,
    project.id,
  ]);
}
