/** The local backend of its directory, where that is what a command acts on. */
import { type FoundProject, isOwnLocal } from "../config/project.ts";
import { localDataFolder } from "../config/paths.ts";
import { namedProject } from "../config/target.ts";
import { environmentVariable } from "../core/environment.ts";
import type { Invocation } from "./argv.ts";

/** What these functions look at. They need the launcher's permissions. */
export interface Launch {
  readonly invocation: Invocation;
  readonly project: FoundProject;
  readonly projectRoot: string;
}

/** Its address; undefined where the command acts on none, or on another backend. */
export function localTarget({ invocation, project, projectRoot }: Launch): URL | undefined {
  const { reach, command } = invocation;
  const linked = project.project;
  if (!reach.hosts?.includes("project") || command[0] === "link") return undefined;
  if (!linked || !isOwnLocal(linked) || linked.data_dir !== localDataFolder(projectRoot)) {
    return undefined;
  }
  if (
    environmentVariable("INSFORGE_BASE_URL") || namedProject({ invocation }, environmentVariable)
  ) return undefined;
  const url = URL.parse(linked.oss_host);
  return url?.hostname === "127.0.0.1" ? url : undefined;
}

/** Whether nothing listens there. */
export async function isLocalStopped(launch: Launch): Promise<boolean> {
  const target = localTarget(launch);
  if (!target) return false;
  try {
    (await Deno.connect({ hostname: target.hostname, port: Number(target.port) })).close();
    return false;
  } catch (error) {
    return error instanceof Deno.errors.ConnectionRefused;
  }
}

/**
 * Whether a command can be shown a certificate, itself or in a program that it starts: a local
 * backend has none, and to read those that the environment trusts takes 3 to 7 ms.
 */
export function meetsCertificates(launch: Launch): boolean {
  const { hosts = [], run = [] } = launch.invocation.reach;
  const reachesMore = run.length > 0 || hosts.some((host) => host !== "project");
  return reachesMore || localTarget(launch)?.protocol !== "http:";
}
