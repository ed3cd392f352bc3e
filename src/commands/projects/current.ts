import { Command } from "@cliffy/command";
import { getProfile } from "../../client/platform/projects.ts";
import { readCredentials } from "../../config/credentials.ts";
import { readGlobalConfig } from "../../config/global.ts";
import { isSelfHosted, type Project } from "../../config/project.ts";
import { type BackendTarget, namedProject } from "../../config/target.ts";
import type { Context, Run } from "../../cli/context.ts";
import { CliError, NotLinkedError } from "../../core/errors.ts";
import type { Result } from "../../terminal/present.ts";
import { facts } from "../../terminal/view.ts";

/**
 * `insforge current`: the account and what commands act on, under every override. Files tell, and
 * the platform where the environment holds a token or names a project.
 */
export const current = (run: Run) =>
  new Command()
    .example("Which project do commands act on?", "insforge current")
    .action(run(runCurrent));

/** Shows the account and the backend, without their keys. @throws {UsageError} */
export async function runCurrent(context: Context): Promise<Result> {
  const { launch, env } = context;
  const credentials = await readCredentials(launch.globalFolder);
  const config = await readGlobalConfig(launch.globalFolder);
  const target = await targetOf(context);
  const project = target?.project;
  const token = env("INSFORGE_ACCESS_TOKEN");
  const named = namedProject(launch, env);
  const wanted = !target || target.source === named?.source ? named?.id : undefined;
  const authenticated = Boolean(
    token || credentials?.user_api_key || credentials?.access_token || credentials?.refresh_token,
  );
  const user = token ? await profileOf(context) : credentials?.user?.id ? credentials.user : null;
  const needsNoAccount = project !== undefined && isSelfHosted(project);
  return {
    data: {
      authenticated,
      user: authenticated ? user : null,
      default_org_id: config.default_org_id ?? null,
      project: project ? withoutKeys(project) : null,
      backend: target ? { url: target.url, source: target.source } : null,
    },
    view: facts([
      ["Account", accountLine(authenticated, user, token !== undefined, needsNoAccount)],
      ["Organization", authenticated ? config.default_org_id ?? "none chosen" : undefined],
      ["Project", projectLine(target, project, wanted)],
      ["Project ID", project?.project_id ?? wanted],
      ["App key", project?.appkey],
      ["Region", project?.region],
      ["Backend", target?.url],
      ["Named by", target?.source ?? named?.source],
    ]),
  };
}

/** What commands act on; nothing where nothing is linked, or the platform cannot be asked. */
async function targetOf(context: Context): Promise<BackendTarget | undefined> {
  try {
    return await context.target();
  } catch (error) {
    const isOverridden = namedProject(context.launch, context.env) !== undefined;
    if (error instanceof NotLinkedError && error.hint?.startsWith("Set ") !== true) {
      return undefined;
    }
    if (!(error instanceof CliError) || !isOverridden) throw error;
    context.note(`Cannot ask the platform for the project: ${error.message}`);
    return undefined;
  }
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
  isVariable: boolean,
  needsNone: boolean,
): string {
  if (!authenticated) return needsNone ? "none, and none is needed" : "not logged in";
  const name = !user?.email ? "logged in" : user.name ? `${user.name} <${user.email}>` : user.email;
  return isVariable ? `${name} (INSFORGE_ACCESS_TOKEN)` : name;
}

function projectLine(
  target: BackendTarget | undefined,
  project: Project | undefined,
  wanted: string | undefined,
): string | undefined {
  if (project?.region === "local") return "local backend, no account needed";
  if (project) return project.project_name ?? project.project_id;
  if (!wanted) return target ? "the one at this address" : "not linked";
  return undefined;
}

function withoutKeys({ api_key: _, ...rest }: Project): Omit<Project, "api_key"> {
  return rest;
}
