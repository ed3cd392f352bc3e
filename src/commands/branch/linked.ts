/** Which backend a directory is linked to: the parent, or one of its branches. */
import { readJsonFile, removeFile, writeJsonFile } from "../../files/json_file.ts";
import { parentProjectFile } from "../../config/paths.ts";
import {
  healProject,
  isOwnLocal,
  linkedProject,
  ownDataDir,
  type Project,
  writeProject,
} from "../../config/project.ts";
import type { Context } from "../../cli/context.ts";
import { NotLinkedError, OperationError } from "../../core/errors.ts";
import { type LocalBackendControl, openLocalBackend } from "../local/backend_process.ts";
import type { Branch } from "./branches.ts";

/** The parent's link and backend, whatever the directory is switched to. */
export interface Parent {
  readonly project: Project;
  readonly backend: LocalBackendControl;
  /** The branch that the directory is switched to. */
  readonly current?: string;
}

/**
 * The parent of all branches.
 * @throws {NotLinkedError} @throws {OperationError} for another backend than a local one
 */
export async function parentOf(context: Context): Promise<Parent> {
  const { launch } = context;
  const linked = linkedProject(launch);
  if (!linked) {
    throw new NotLinkedError("This directory is not linked to a backend.", {
      hint: "Run `insforge local start` for a local one, which can be branched.",
    });
  }
  const path = parentProjectFile(launch.projectRoot);
  const kept = linked.branched_from ? await readJsonFile(path) : undefined;
  const project = kept ? healProject(kept, path) : linked;
  if (!isOwnLocal(project) || linked.branched_from && !kept) {
    throw new OperationError(
      "This backend has no branches: a local one and projects of the platform have.",
      "NOT_SUPPORTED",
      { hint: "Start a local one: insforge local start" },
    );
  }
  return {
    project,
    backend: openLocalBackend(context, ownDataDir(launch.projectRoot, project)),
    current: linked.branched_from ? linked.project_name : undefined,
  };
}

/** A branch whose backend answers. */
export interface RunningBranch {
  readonly branch: Branch;
  readonly backend: LocalBackendControl;
  readonly url: string;
}

/** Links the directory to a branch. */
export async function linkBranch(
  context: Context,
  parent: Parent,
  { branch, backend, url }: RunningBranch,
): Promise<void> {
  const root = context.launch.projectRoot;
  const { project } = parent;
  if (parent.current === undefined) await writeJsonFile(parentProjectFile(root), project);
  await writeProject(root, {
    ...project,
    project_name: branch.name,
    api_key: await backend.apiKey(),
    oss_host: url,
    data_dir: backend.dataDir,
    branched_from: { project_id: project.project_id, project_name: project.project_name },
  });
}

/** Links the directory to the parent again. */
export async function linkParent(context: Context, { project, backend }: Parent): Promise<void> {
  const root = context.launch.projectRoot;
  const { url } = await ensureRunning(backend);
  await writeProject(root, { ...project, oss_host: url, api_key: await backend.apiKey() });
  await removeFile(parentProjectFile(root));
}

/** A backend that answers: it is started unless it runs. */
export async function ensureRunning(
  backend: LocalBackendControl,
): Promise<{ readonly url: string }> {
  return await backend.find() ?? await backend.start({});
}
