/** Who keeps the backups of the linked backend: the platform, the backend, or this machine. */
import { isOwnLocal, isSelfHosted } from "../../config/project.ts";
import type { Context } from "../../cli/context.ts";
import type { Keeper } from "./backup.ts";

/**
 * The keeper for the linked backend, or a project of the platform.
 * @param projectId one of the platform, whatever is linked
 */
export async function keeperOf(context: Context, projectId?: string): Promise<Keeper> {
  if (projectId !== undefined) return await ofPlatform(context, projectId);
  const { project } = await context.target();
  if (project && isOwnLocal(project)) {
    const { backupsOnThisMachine } = await import("./on_this_machine.ts");
    return await backupsOnThisMachine(context, project);
  }
  if (!project || isSelfHosted(project)) {
    return (await import("./of_backend.ts")).backupsOfBackend(await context.backend());
  }
  return await ofPlatform(context, project.project_id);
}

async function ofPlatform(context: Context, projectId: string): Promise<Keeper> {
  const { backupsOfPlatform } = await import("./of_platform.ts");
  return backupsOfPlatform(await context.platform(), projectId);
}
