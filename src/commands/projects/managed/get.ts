import { Command } from "@cliffy/command";
import { getProject } from "../../../client/platform/projects.ts";
import type { Context, Run } from "../../../cli/context.ts";
import type { Result } from "../../../terminal/present.ts";
import { facts } from "../../../terminal/view.ts";
import { PROJECT, projectOf } from "./named.ts";

/** `insforge projects get`. */
export const get = (run: Run) =>
  new Command()
    .option(...PROJECT)
    .example("How does it stand?", "insforge projects get")
    .action(run(runGet));

/** Shows a project. @throws {HttpError} 404 */
async function runGet(context: Context, options: { project?: string }): Promise<Result> {
  const id = projectOf(context, options.project);
  const project = await getProject(await context.platform(), id);
  return {
    data: project,
    view: facts([
      ["Name", project.name],
      ["ID", project.id],
      ["Status", project.status],
      ["Under way", project.operation_status ?? undefined],
      ["Region", project.region],
      ["Instance", project.instance_type],
      ["Version", project.service_version ?? undefined],
      ["Domain", project.customized_domain ?? undefined],
    ]),
  };
}
