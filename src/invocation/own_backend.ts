/** The local backend of this machine that a command acts on. */
import { isDataDirOf, isOwnLocal, type Project } from "../config/project.ts";
import { namedProject } from "../config/target.ts";
import { environmentVariable } from "../core/environment.ts";
import type { LaunchFacts } from "./launch_facts.ts";

/**
 * The link to a local backend of ours, where the command acts on that and on no other. Needs the
 * launcher's permissions.
 */
export function ownBackend(launch: LaunchFacts): Project | undefined {
  const { invocation: { reach, command }, project: { project }, projectRoot } = launch;
  if (!reach.hosts?.includes("project") || command[0] === "link") return undefined;
  // One that names other data is asked nothing before the command acts on it.
  if (!project || !isOwnLocal(project) || !isDataDirOf(projectRoot, project)) return undefined;
  if (environmentVariable("INSFORGE_BASE_URL") || namedProject(launch, environmentVariable)) {
    return undefined;
  }
  return new URL(project.oss_host).hostname === "127.0.0.1" ? project : undefined;
}
