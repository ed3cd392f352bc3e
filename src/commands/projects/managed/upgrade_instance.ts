import { Command } from "@cliffy/command";
import { resizeProject } from "../../../client/platform/projects.ts";
import { choiceOption } from "../../../cli/options.ts";
import type { Context, Run } from "../../../cli/context.ts";
import type { Result } from "../../../terminal/present.ts";
import { facts, success } from "../../../terminal/view.ts";
import { PROJECT, projectOf } from "./named.ts";

/** From the smallest on. */
const INSTANCES = ["nano", "micro", "small", "medium", "large", "xl"] as const;

/** `insforge projects upgrade-instance`. */
export const upgradeInstance = (run: Run) =>
  new Command()
    .arguments("<type:string:instance>")
    .complete("instance", () => [...INSTANCES])
    .option(...PROJECT)
    .example("A larger one", "insforge projects upgrade-instance medium")
    .action(run(runUpgrade));

/** Asks, and gives a project another instance. @throws {HttpError} */
async function runUpgrade(
  context: Context,
  options: { project?: string },
  type: string,
): Promise<Result> {
  const instance = choiceOption(type, "The instance", INSTANCES)!;
  const id = projectOf(context, options.project);
  const platform = await context.platform();
  await context.prompt.confirm(
    `Give the project ${id} a ${instance} instance? It is restarted, and the bill may change.`,
  );
  const answer = await resizeProject(platform, id, instance);
  return {
    data: answer,
    view: [
      success(`The project ${id} has a ${answer.newInstanceType} instance now.`),
      facts([["Before", answer.previousInstanceType]]),
    ],
  };
}
