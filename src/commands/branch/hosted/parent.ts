/** A project of the platform as the parent of branches. */
import { getAccessKey } from "../../../client/platform/projects.ts";
import { getHostedBranch, type HostedBranch } from "../../../client/platform/branches.ts";
import type { HttpClient } from "../../../client/http.ts";
import type { Context } from "../../../cli/context.ts";
import { parentProjectFile } from "../../../config/paths.ts";
import {
  cloudHost,
  healProject,
  isSelfHosted,
  linkedProject,
  type Project,
  writeProject,
} from "../../../config/project.ts";
import { FileError, OperationError } from "../../../core/errors.ts";
import { readJsonFile, removeFile, writeJsonFile } from "../../../files/json_file.ts";

const POLL_MS = 3_000;
/** Branches take up to a quarter of an hour. */
const LONGEST_MS = 15 * 60 * 1000;

/** The linked project, whatever branch of it the directory is switched to. */
export interface HostedParent {
  readonly id: string;
  /** The link as it is now. */
  readonly linked: Project;
  readonly platform: HttpClient;
}

/** The parent where the directory is linked to the platform; undefined for other backends. */
export async function hostedParent(context: Context): Promise<HostedParent | undefined> {
  const linked = linkedProject(context.launch);
  if (!linked || isSelfHosted(linked)) return undefined;
  const id = linked.branched_from?.project_id ?? linked.project_id;
  return { id, linked, platform: await context.platform() };
}

/** Links the directory to a branch, and keeps the parent's link beside. */
export async function linkHostedBranch(
  { launch }: Context,
  { linked, platform }: HostedParent,
  branch: HostedBranch,
): Promise<void> {
  const root = launch.projectRoot;
  const { project_id, project_name } = linked;
  if (!linked.branched_from) await writeJsonFile(parentProjectFile(root), linked);
  await writeProject(root, {
    ...linked,
    project_id: branch.id,
    project_name: branch.name,
    org_id: branch.organization_id ?? linked.org_id,
    appkey: branch.appkey,
    region: branch.region,
    api_key: await getAccessKey(platform, branch.id),
    oss_host: cloudHost(branch.appkey, branch.region),
    branched_from: linked.branched_from ?? { project_id, project_name },
  });
}

/** Links the directory to the parent again. @throws {FileError} when that link is gone */
export async function linkHostedParent(
  { launch }: Context,
  { linked }: HostedParent,
): Promise<void> {
  const path = parentProjectFile(launch.projectRoot);
  // Without a branch, a repository may have brought the file.
  const kept = linked.branched_from && await readJsonFile(path);
  if (!kept) {
    throw new FileError("The link of the parent is not there any more.", {
      hint: "Link it again: insforge link",
    });
  }
  await writeProject(launch.projectRoot, healProject(kept, path));
  await removeFile(path);
}

/** Waits until a branch is no longer in one of these states. @throws {OperationError} */
export async function untilSettled(
  { clock, signal }: Context,
  { platform }: HostedParent,
  begun: HostedBranch,
  passing: readonly string[],
): Promise<HostedBranch> {
  let branch = begun;
  for (let waited = 0; passing.includes(branch.branch_state); waited += POLL_MS) {
    if (waited >= LONGEST_MS) {
      throw new OperationError(`${branch.name} is still ${branch.branch_state}.`, "TIMED_OUT", {
        hint: "See how far it is: insforge branch list",
      });
    }
    await clock.sleep(POLL_MS, signal);
    branch = await getHostedBranch(platform, branch.id);
  }
  if (branch.branch_state === "ready") return branch;
  throw new OperationError(
    `The branch ${branch.name} is ${branch.branch_state}.`,
    "BRANCH_FAILED",
    {
      hint: `Remove it: insforge branch delete ${branch.name}`,
    },
  );
}
