import { Command } from "@cliffy/command";
import { chooseOrganization, chooseProject } from "../account/choose.ts";
import { linkToProject } from "../account/link_project.ts";
import { getAccessKey, getProject } from "../../client/platform/projects.ts";
import { getMetadata } from "../../client/backend/metadata.ts";
import { backendClient } from "../../client/backend.ts";
import { ignoreProjectFolder } from "../../config/gitignore.ts";
import { type Project, readProject, SELF_HOSTED, writeProject } from "../../config/project.ts";
import { checkedUrl } from "../../config/target.ts";
import type { Context, Run } from "../../cli/context.ts";
import { choiceOption } from "../../cli/options.ts";
import { UsageError } from "../../core/errors.ts";
import type { Result } from "../../terminal/present.ts";
import { success } from "../../terminal/view.ts";

interface Options {
  projectId?: string;
  orgId?: string;
  apiBaseUrl?: string;
  apiKey?: string;
  guard?: string | true;
}

/** `insforge link`: connects this directory with a backend. */
export const link = (run: Run) =>
  new Command()
    .option("--org-id <id:string>", "The organization to choose the project from.")
    .option("--api-base-url <url:string>", "The address of a self-hosted backend.")
    .option("--api-key <key:string>", "The admin key of a self-hosted backend.")
    .option("--guard [state:string]", "Have a person approve what destroys; off ends that.")
    .example("Choose a project", "insforge link")
    .example("Link in CI", "insforge link --project-id PROJECT --org-id ORG -y")
    .example(
      "Link a self-hosted backend",
      "insforge link --api-base-url https://backend.example.com --api-key ik_…",
    )
    .action(run(runLink));

/** Links the directory. @throws {UsageError} when the options do not name a backend. */
async function runLink(context: Context, options: Options): Promise<Result> {
  const isSelfHosted = options.apiBaseUrl !== undefined || options.apiKey !== undefined;
  if (isSelfHosted && (options.projectId ?? options.orgId) !== undefined) {
    throw new UsageError("Give either --project-id, or --api-base-url with --api-key.");
  }
  const { guard = "" } = options;
  const wish = choiceOption(guard === true ? "on" : guard || undefined, "--guard", ["on", "off"]);
  const before = await readProject(context.launch.projectRoot).catch(() => undefined);
  const result = isSelfHosted
    ? await linkSelfHosted(context, options)
    : await linkProject(context, options);
  await keepGuard(context, wish === undefined ? before?.guard : wish === "on");
  return result;
}

/** Writes into the link whether dangerous commands wait for a person. */
async function keepGuard({ launch }: Context, guard: boolean | undefined): Promise<void> {
  const project = guard === undefined ? undefined : await readProject(launch.projectRoot);
  if (project) await writeProject(launch.projectRoot, { ...project, guard });
}

/** The form of the platform: by id, or by choosing. */
async function linkProject(context: Context, options: Options): Promise<Result> {
  const platform = await context.platform();
  const id = options.projectId ?? (await chooseProject(
    context,
    platform,
    options.orgId ?? await chooseOrganization(context, platform),
  )).id;
  using progress = context.progress("Linking the project");
  const [project, apiKey] = await Promise.all([
    getProject(platform, id),
    getAccessKey(platform, id),
  ]);
  const { oss_host } = await linkToProject(context, project, apiKey);
  progress.stop();
  return {
    data: {
      success: true,
      project: { id: project.id, name: project.name, region: project.region },
      oss_host,
    },
    view: success(
      `Linked this directory to ${project.name} (${project.appkey}.${project.region}).`,
    ),
  };
}

/** The form without an account: an address and a key. The key is tried before it is kept. */
async function linkSelfHosted(context: Context, options: Options): Promise<Result> {
  const { apiBaseUrl, apiKey } = options;
  if (!apiBaseUrl || !apiKey) {
    const missing = apiBaseUrl ? "--api-key" : "--api-base-url";
    throw new UsageError(`Missing ${missing}.`, {
      hint: "A self-hosted backend is linked with --api-base-url and --api-key.",
    });
  }
  const url = checkedUrl(apiBaseUrl, "--api-base-url");
  await getMetadata(backendClient({ url, apiKey }, context.surroundings));
  const project: Project = {
    ...SELF_HOSTED,
    project_name: "oss-project",
    appkey: "ossfkey",
    region: "us-test",
    api_key: apiKey,
    oss_host: url,
  };
  await writeProject(context.launch.projectRoot, project);
  await ignoreProjectFolder(context);
  return {
    data: {
      success: true,
      project: { id: project.project_id, name: project.project_name, region: project.region },
      oss_host: url,
    },
    view: success(`Linked this directory to ${url}.`),
  };
}
