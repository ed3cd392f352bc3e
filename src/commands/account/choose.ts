/** Which organization and project of the account are meant. */
import type { HttpClient } from "../../client/http.ts";
import { listOrganizations } from "../../client/platform/organizations.ts";
import { listProjects } from "../../client/platform/projects.ts";
import { filledOption } from "../../cli/options.ts";
import { isSelfHosted, linkedProject } from "../../config/project.ts";
import { readGlobalConfig } from "../../config/global.ts";
import type { PlatformProject } from "../../shared/contract/platform.ts";
import type { Context } from "../../cli/context.ts";
import { OperationError } from "../../core/errors.ts";

/** What every command of an organization has, as InsForge's own CLI. */
export const ORGANIZATION = [
  "--org-id <id:string>",
  "The organization (default: the linked project's).",
] as const;

/**
 * The platform, and the id of the organization that is meant there: the given one,
 * `INSFORGE_ORG_ID`, that of the linked project, the one that was chosen last, or what
 * {@link chooseOrganization} says.
 * @throws {UsageError | OperationError}
 */
export async function organizationOf(
  context: Context,
  given: string | undefined,
): Promise<{ readonly platform: HttpClient; readonly id: string }> {
  const platform = await context.platform();
  return { platform, id: await idOf(context, platform, given) };
}

async function idOf(
  context: Context,
  platform: HttpClient,
  given: string | undefined,
): Promise<string> {
  const { env, launch } = context;
  const named = filledOption(given, "--org-id") ?? env("INSFORGE_ORG_ID");
  if (named !== undefined) return named;
  const project = linkedProject(launch);
  if (project?.org_id && !isSelfHosted(project)) return project.org_id;
  const { default_org_id } = await readGlobalConfig(launch.globalFolder);
  return default_org_id ?? await chooseOrganization(context, platform);
}

/** Asks for an organization; the only one is taken. @throws {UsageError | OperationError} */
export async function chooseOrganization(
  context: Context,
  platform: HttpClient,
): Promise<string> {
  const organizations = await listOrganizations(platform);
  const [only] = organizations;
  if (!only) {
    throw new OperationError("Your account belongs to no organization.", "NO_ORGANIZATION", {
      hint: "Create one with `insforge orgs create`.",
    });
  }
  if (organizations.length === 1) return only.id;
  const { default_org_id } = await readGlobalConfig(context.launch.globalFolder);
  const sorted = organizations.toSorted((a, b) =>
    Number(b.id === default_org_id) - Number(a.id === default_org_id)
  );
  const isShared = (name: string) => sorted.filter((other) => other.name === name).length > 1;
  const choices = sorted.map(({ id, name }) => ({
    label: isShared(name) ? `${name} (${id})` : name,
    value: id,
    typed: id,
  }));
  return await context.prompt.select("Organization", "--org-id", choices);
}

/** Asks for a project of an organization. @throws {UsageError | OperationError} */
export async function chooseProject(
  context: Context,
  platform: HttpClient,
  organizationId: string,
): Promise<PlatformProject> {
  const projects = await listProjects(platform, organizationId);
  if (projects.length === 0) {
    throw new OperationError("The organization has no project.", "NO_PROJECT", {
      hint: "Create one with `insforge create`.",
    });
  }
  const choices = projects.map((project) => ({
    label: `${project.name} (${project.region}, ${project.status})`,
    value: project,
    typed: project.id,
  }));
  return await context.prompt.select("Project", "--project-id", choices);
}
