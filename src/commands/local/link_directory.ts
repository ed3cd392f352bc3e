/** Links a directory to its local backend, and back to what it was linked to before. */
import { ignoreProjectFolder } from "../../config/gitignore.ts";
import { readJsonFile, removeFile, writeJsonFile } from "../../files/json_file.ts";
import { displacedProjectFile, projectFile } from "../../config/paths.ts";
import {
  isSelfHosted,
  type Project,
  readProject,
  SELF_HOSTED,
  writeProject,
} from "../../config/project.ts";
import type { Context } from "../../cli/context.ts";

/**
 * Writes the link to the local backend. A link to another project is kept beside it.
 * Answers the address that was displaced, if one was.
 */
export async function linkLocal(
  context: Context,
  { url, apiKey, dataDir }: {
    readonly url: string;
    readonly apiKey: string;
    readonly dataDir: string;
  },
): Promise<string | undefined> {
  const root = context.launch.projectRoot;
  const current = await readProject(root);
  const isDisplaced = current !== undefined && !isLocal(current);
  if (isDisplaced) await writeJsonFile(displacedProjectFile(root), current);
  const project: Project = {
    ...SELF_HOSTED,
    project_name: "local",
    appkey: "local",
    region: "local",
    api_key: apiKey,
    oss_host: url,
    data_dir: dataDir,
  };
  const isCurrent = current?.oss_host === url && current.api_key === apiKey &&
    current.data_dir === dataDir;
  if (!isCurrent) await writeProject(root, project);
  await ignoreProjectFolder(context);
  return isDisplaced ? current.oss_host : undefined;
}

/** Removes the link to the local backend; answers the address that is linked again, if any. */
export async function unlinkLocal({ launch }: Context): Promise<string | undefined> {
  const root = launch.projectRoot;
  const current = await readProject(root);
  if (current && !isLocal(current)) return current.oss_host;
  const displaced = await readJsonFile(displacedProjectFile(root));
  if (!displaced) {
    await removeFile(projectFile(root));
    return undefined;
  }
  await writeProject(root, displaced as Project);
  await removeFile(displacedProjectFile(root));
  return (displaced as Project).oss_host;
}

/** InsForge's own CLI marks a backend on the same machine with the region `local`. */
function isLocal(project: Project): boolean {
  return isSelfHosted(project) && project.region === "local";
}
