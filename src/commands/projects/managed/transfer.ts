import { Command } from "@cliffy/command";
import { getProject, transferProject } from "../../../client/platform/projects.ts";
import type { Context, Run } from "../../../cli/context.ts";
import type { Result } from "../../../terminal/present.ts";
import { success } from "../../../terminal/view.ts";
import { givenProject, NAMED_PROJECT } from "./named.ts";

/** `insforge projects transfer`. */
export const transfer = (run: Run) =>
  new Command()
    .arguments("<organization:string>")
    .option(...NAMED_PROJECT)
    .example("Hand it over", "insforge projects transfer ORG --project PROJECT")
    .action(run(runTransfer));

/** Asks, and hands a project to another organization. @throws {NotFoundError | HttpError} */
async function runTransfer(
  context: Context,
  options: { project?: string },
  organizationId: string,
): Promise<Result> {
  const id = givenProject(options.project);
  const platform = await context.platform();
  const { name } = await getProject(platform, id);
  await context.prompt.confirm(
    `Hand ${name} (${id}) to the organization ${organizationId}? Access and bill go with it.`,
  );
  const project = await transferProject(platform, id, organizationId);
  return { data: project, view: success(`${name} belongs to ${organizationId} now.`) };
}
