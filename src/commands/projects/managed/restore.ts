import { Command } from "@cliffy/command";
import { restoreProject } from "../../../client/platform/projects.ts";
import type { Context, Run } from "../../../cli/context.ts";
import { advised } from "../../../core/errors.ts";
import type { Result } from "../../../terminal/present.ts";
import { success } from "../../../terminal/view.ts";
import { PROJECT, projectOf } from "./named.ts";

/** `insforge projects restore`. */
export const restore = (run: Run) =>
  new Command()
    .option(...PROJECT)
    .example("Bring it back", "insforge projects restore")
    .action(run(runRestore));

/** Begins to bring a paused project back. @throws {HttpError} for one that is not paused */
async function runRestore(context: Context, options: { project?: string }): Promise<Result> {
  const id = projectOf(context, options.project);
  const look = `See how it stands: insforge projects get --project ${id}`;
  const project = await advised(restoreProject(await context.platform(), id), 400, look);
  return { data: project, view: success(`${project.name} is on its way back. ${look}`) };
}
