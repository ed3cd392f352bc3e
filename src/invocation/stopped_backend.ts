/** Whether the local backend that a command would act on is stopped. */
import { isOwnLocal } from "../config/project.ts";
import { localDataFolder } from "../config/paths.ts";
import { namedProject } from "../config/target.ts";
import { environmentVariable } from "../core/environment.ts";
import type { LaunchFacts } from "./launch_facts.ts";

/**
 * Whether the command acts on the local backend of its directory, and nothing listens there. Needs
 * the launcher's permissions.
 */
export async function isLocalStopped(launch: LaunchFacts): Promise<boolean> {
  const { invocation: { reach, command }, project: { project }, projectRoot } = launch;
  if (!reach.hosts?.includes("project") || command[0] === "link") return false;
  if (!project || !isOwnLocal(project) || project.data_dir !== localDataFolder(projectRoot)) {
    return false;
  }
  if (environmentVariable("INSFORGE_BASE_URL") || namedProject(launch, environmentVariable)) {
    return false;
  }
  const { hostname, port } = new URL(project.oss_host);
  if (hostname !== "127.0.0.1") return false;
  try {
    (await Deno.connect({ hostname, port: Number(port) })).close();
    return false;
  } catch (error) {
    return error instanceof Deno.errors.ConnectionRefused;
  }
}
