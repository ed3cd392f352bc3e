/** Links a directory to a project of the platform. */
import { ignoreProjectFolder } from "../../config/gitignore.ts";
import { updateGlobalConfig } from "../../config/global.ts";
import { projectFile } from "../../config/paths.ts";
import { cloudHost, writeProject } from "../../config/project.ts";
import type { PlatformProject } from "../../shared/contract/platform.ts";
import type { Context } from "../../cli/context.ts";
import { FileError } from "../../core/errors.ts";

/** Writes the link and remembers the organization. Answers the backend's address and the file. */
export async function linkToProject(
  context: Context,
  project: PlatformProject,
  apiKey: string,
): Promise<{ readonly oss_host: string; readonly file: string }> {
  const { launch } = context;
  const oss_host = cloudHost(project.appkey, project.region);
  await writeProject(launch.projectRoot, {
    project_id: project.id,
    project_name: project.name,
    org_id: project.organization_id,
    appkey: project.appkey,
    region: project.region,
    api_key: apiKey,
    oss_host,
  });
  await ignoreProjectFolder(context);
  if (launch.globalFolder && project.organization_id) {
    const changes = { default_org_id: project.organization_id };
    await updateGlobalConfig(launch.globalFolder, changes).catch((error) => {
      if (!(error instanceof FileError)) throw error;
      context.warn(`The default organization could not be stored. ${error.message}`);
    });
  }
  return { oss_host, file: projectFile(launch.projectRoot) };
}
