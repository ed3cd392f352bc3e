import { Command } from "@cliffy/command";
import {
  deleteProject as deleteAtPlatform,
  getProject,
} from "../../../client/platform/projects.ts";
import type { Context, Run } from "../../../cli/context.ts";
import type { Result } from "../../../terminal/present.ts";
import { success } from "../../../terminal/view.ts";
import { givenProject, NAMED_PROJECT } from "./named.ts";

/** `insforge projects delete`. */
export const deleteProject = (run: Run) =>
  new Command()
    .option(...NAMED_PROJECT)
    .example("Delete one", "insforge projects delete --project PROJECT")
    .action(run(runDelete));

/** Asks, and deletes a project. @throws {HttpError} 404 */
async function runDelete(context: Context, options: { project?: string }): Promise<Result> {
  const id = givenProject(options.project);
  const platform = await context.platform();
  const { name } = await getProject(platform, id);
  await context.prompt.confirm(
    `Delete the project ${name} (${id}) with its database, objects and functions? ` +
      "This cannot be undone.",
  );
  await deleteAtPlatform(platform, id);
  return { data: { deleted: true, project_id: id }, view: success(`Deleted the project ${name}.`) };
}
