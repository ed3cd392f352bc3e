import { Command } from "@cliffy/command";
import {
  createProject,
  getAccessKey,
  getProject,
  REGIONS,
} from "../../client/platform/projects.ts";
import { poll } from "../../client/poll.ts";
import { chooseOrganization } from "../account/choose.ts";
import { linkToProject } from "../account/link_project.ts";
import type { PlatformProject } from "../../shared/contract/platform.ts";
import { dashboardOf } from "../../config/dashboard.ts";
import type { Context, Run } from "../../cli/context.ts";
import { OperationError, UsageError } from "../../core/errors.ts";
import type { Result } from "../../terminal/present.ts";
import { facts, success } from "../../terminal/view.ts";
import { fetchTemplate, TEMPLATES } from "./template.ts";

interface Options {
  name?: string;
  orgId?: string;
  region?: string;
  template?: string;
}

const INTERVAL_MS = 3_000;
const TIMEOUT_MS = 120_000;

/** `insforge create`: a new project, linked to this directory. */
export const create = (run: Run) =>
  new Command()
    .option("--name <name:string>", "The name of the project, at least 2 characters.")
    .option("--org-id <id:string>", "The organization that owns it.")
    .option("--region <region:string>", `Where it runs: ${REGIONS.join(", ")}.`)
    .option("--template <name:string>", `What to begin with: ${TEMPLATES.join(", ")}.`)
    .example("Ask me", "insforge create")
    .example(
      "In a script",
      "insforge create --name shop --org-id ORG --region us-east -y",
    )
    .action(run(runCreate));

/** Creates the project, waits until it is active, links the directory, fetches the template. */
export async function runCreate(context: Context, options: Options): Promise<Result> {
  check("--region", options.region, REGIONS);
  check("--template", options.template, TEMPLATES);
  checkName(options.name);
  const platform = await context.platform();
  const name = options.name ??
    await context.prompt.text("Project name", "--name", (value) => isName(value) || NAME_RULE);
  const orgId = options.orgId ?? await chooseOrganization(context, platform);
  const template = options.template ?? await chooseTemplate(context);
  using progress = context.progress(`Creating ${name}`);
  const created = await createProject(platform, orgId, { name, region: options.region });
  const outcome = await poll({
    clock: context.clock,
    signal: context.signal,
    intervalMs: INTERVAL_MS,
    timeoutMs: TIMEOUT_MS,
    read: () => getProject(platform, created.id),
    isDone: (project) => isActive(project),
    onState: ({ status }) => progress.update(`Waiting for ${name}: ${status}`),
  });
  if (!outcome.done) {
    const last = outcome.lastError ? `; the last try: ${outcome.lastError.message}` : ".";
    throw new OperationError(
      `Project ${created.id} was created and is not active after ${TIMEOUT_MS / 1000} s${last}`,
      "TIMED_OUT",
      {
        hint: `Run \`insforge link --project-id ${created.id}\` when it is active.`,
        facts: { project_id: created.id },
      },
    );
  }
  const project = outcome.state;
  const apiKey = await getAccessKey(platform, project.id);
  const link = await linkToProject(context, project, apiKey);
  progress.update("Fetching the template");
  const directory = await fetchTemplate(context, template, name);
  progress.stop();
  const dashboard = dashboardOf(project.id, context.env);
  return {
    data: {
      success: true,
      project: {
        id: project.id,
        name: project.name,
        appkey: project.appkey,
        region: project.region,
      },
      template,
      ...(directory ? { directory } : {}),
      oss_host: link.oss_host,
      project_file: link.file,
      urls: { dashboard },
    },
    view: [
      success(`Created ${project.name} and linked this directory to it.`),
      facts([
        ["Project ID", project.id],
        ["App key", project.appkey],
        ["Region", project.region],
        ["Backend", link.oss_host],
        ["Dashboard", dashboard],
        ["Template", directory],
      ]),
    ],
  };
}

/** Status words in any case; a failed project ends the wait. */
function isActive(project: PlatformProject): boolean {
  const status = project.status.toLowerCase();
  if (["failed", "error", "deleted", "canceled"].includes(status)) {
    throw new OperationError(`Project ${project.id} could not be set up: its status is ${status}.`);
  }
  return status === "active";
}

const NAME_RULE = "A project's name has at least 2 characters.";

function isName(name: string): boolean {
  return name.trim().length >= 2;
}

function checkName(name: string | undefined): void {
  if (name !== undefined && !isName(name)) throw new UsageError(`--name: ${NAME_RULE}`);
}

function check(option: string, value: string | undefined, allowed: readonly string[]): void {
  if (value === undefined || allowed.includes(value)) return;
  throw new UsageError(`${option} must be one of ${allowed.join(", ")}; it is ${value}.`);
}

async function chooseTemplate({ prompt, options, terminal }: Context): Promise<string> {
  if (options.json || options.yes || !terminal.isInteractive) return "empty";
  const choices = TEMPLATES.map((name) => ({ label: name, value: name as string }));
  return await prompt.select("Template", "--template", choices);
}
