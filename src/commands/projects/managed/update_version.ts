import { Command } from "@cliffy/command";
import {
  getProject,
  latestBackendVersion,
  restartWithVersion,
} from "../../../client/platform/projects.ts";
import { poll } from "../../../client/poll.ts";
import type { Context, Run } from "../../../cli/context.ts";
import { OperationError } from "../../../core/errors.ts";
import type { PlatformProject } from "../../../shared/contract/platform.ts";
import type { Result } from "../../../terminal/present.ts";
import { success } from "../../../terminal/view.ts";
import { PROJECT, projectOf } from "./named.ts";

interface Options {
  wait?: boolean;
  project?: string;
}

const INTERVAL_MS = 3_000;
const TIMEOUT_MS = 10 * 60 * 1_000;

/** `insforge projects update-version`. */
export const updateVersion = (run: Run) =>
  new Command()
    .option("--wait", "Wait until it runs.")
    .option(...PROJECT)
    .example("The newest one", "insforge projects update-version --wait")
    .action(run(runUpdateVersion));

/** Asks, and has a project run the newest backend. @throws {OperationError} TIMED_OUT */
async function runUpdateVersion(context: Context, options: Options): Promise<Result> {
  const id = projectOf(context, options.project);
  const platform = await context.platform();
  const latest = await latestBackendVersion(platform);
  const { name, service_version: version } = await getProject(platform, id);
  if (version && plain(version) === plain(latest)) {
    return {
      data: { updated: false, current_version: version, latest_version: latest },
      view: success(`${name} runs the newest version, ${latest}.`),
    };
  }
  const from = version ? `from ${version} ` : "";
  await context.prompt.confirm(
    `Update ${name} ${from}to ${latest}? It is restarted, and out of reach for a while.`,
  );
  using progress = context.progress(`Updating ${name}`);
  const begun = await restartWithVersion(platform, id, latest);
  if (!options.wait) {
    progress.stop();
    const how = `insforge projects get --project ${id}`;
    return {
      data: { updated: true, ...begun },
      view: success(`${name} is being updated to ${latest}. See how it stands: ${how}`),
    };
  }
  const outcome = await poll({
    clock: context.clock,
    signal: context.signal,
    intervalMs: INTERVAL_MS,
    timeoutMs: TIMEOUT_MS,
    read: () => getProject(platform, id),
    isDone: (project) => runs(project, latest),
    onState: ({ operation_status }) =>
      progress.update(`Updating ${name}: ${operation_status ?? "waiting"}`),
  });
  progress.stop();
  if (outcome.done) {
    return {
      data: { updated: true, ...outcome.state },
      view: success(`${name} runs ${latest} now.`),
    };
  }
  throw new OperationError(
    `${name} does not run ${latest} after ${TIMEOUT_MS / 60_000} minutes.`,
    "TIMED_OUT",
    { hint: `See how it stands with: insforge projects get --project ${id}` },
  );
}

/** Projects have their version without the `v`. */
function plain(version: string): string {
  return version.replace(/^v/i, "");
}

function runs({ service_version, operation_status }: PlatformProject, version: string): boolean {
  return !operation_status && plain(service_version ?? "") === plain(version);
}
