import { Command } from "@cliffy/command";
import { getProfile } from "../../client/platform/projects.ts";
import { readCredentials } from "../../config/credentials.ts";
import { readGlobalConfig } from "../../config/global.ts";
import { linkedProject, type Project } from "../../config/project.ts";
import type { Context, Run } from "../../cli/context.ts";
import { CliError } from "../../core/errors.ts";
import type { Result } from "../../terminal/present.ts";
import { facts } from "../../terminal/view.ts";

/**
 * `insforge current`: the account and the project, from files; a token in the environment is asked.
 */
export const current = (run: Run) =>
  new Command()
    .example("Which project do commands act on?", "insforge current")
    .action(run(runCurrent));

/** Shows the account and the linked project, without their keys. */
export async function runCurrent(context: Context): Promise<Result> {
  const { launch, env } = context;
  const credentials = await readCredentials(launch.globalFolder);
  const config = await readGlobalConfig(launch.globalFolder);
  const project = linkedProject(launch);
  const authenticated = Boolean(
    env("INSFORGE_ACCESS_TOKEN") || credentials?.user_api_key || credentials?.access_token ||
      credentials?.refresh_token,
  );
  const user = env("INSFORGE_ACCESS_TOKEN")
    ? await profileOf(context)
    : credentials?.user?.id
    ? credentials.user
    : null;
  return {
    data: {
      authenticated,
      user: authenticated ? user : null,
      default_org_id: config.default_org_id ?? null,
      project: project ? withoutKeys(project) : null,
    },
    view: facts([
      ["Account", accountLine(authenticated, user)],
      ["Organization", authenticated ? config.default_org_id ?? "none chosen" : undefined],
      ["Project", project ? project.project_name ?? project.project_id : "not linked"],
      ["Project ID", project?.project_id],
      ["App key", project?.appkey],
      ["Region", project?.region],
      ["Backend", project?.oss_host],
    ]),
  };
}

/** Who the token of the environment belongs to; nobody when that cannot be found out. */
async function profileOf(context: Context): Promise<{ name?: string; email?: string } | null> {
  try {
    return await getProfile(await context.platform());
  } catch (error) {
    if (!(error instanceof CliError)) throw error;
    context.note(`Cannot ask the platform for the account: ${error.message}`);
    return null;
  }
}

function accountLine(
  authenticated: boolean,
  user: { name?: string; email?: string } | null,
): string {
  if (!authenticated) return "not logged in";
  if (!user?.email) return "logged in";
  return user.name ? `${user.name} <${user.email}>` : user.email;
}

function withoutKeys({ api_key: _, ...rest }: Project): Omit<Project, "api_key"> {
  return rest;
}
