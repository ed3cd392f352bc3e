/** Whether the local backend that a command would act on is stopped. */
import { localDataFolder } from "../config/paths.ts";
import type { LaunchFacts } from "./launch_facts.ts";
import { ownBackend } from "./own_backend.ts";

/**
 * Whether the command acts on the local backend of its directory, and nothing listens there. Needs
 * the launcher's permissions.
 */
export async function isLocalStopped(launch: LaunchFacts): Promise<boolean> {
  const project = ownBackend(launch);
  if (!project || project.data_dir !== localDataFolder(launch.projectRoot)) return false;
  const { hostname, port } = new URL(project.oss_host);
  try {
    (await Deno.connect({ hostname, port: Number(port) })).close();
    return false;
  } catch (error) {
    return error instanceof Deno.errors.ConnectionRefused;
  }
}
