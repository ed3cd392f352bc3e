import { Command } from "@cliffy/command";
import { type ProjectChange, updateProject } from "../../../client/platform/projects.ts";
import { filledOption, wholeNumberOption } from "../../../cli/options.ts";
import type { Context, Run } from "../../../cli/context.ts";
import { UsageError } from "../../../core/errors.ts";
import type { Result } from "../../../terminal/present.ts";
import { success } from "../../../terminal/view.ts";
import { PROJECT, projectOf } from "./named.ts";

interface Options {
  name?: string;
  domain?: string;
  storageSize?: number;
  project?: string;
}

/** GiB that a project has at least. */
const LEAST_STORAGE = 8;

/** `insforge projects update`. */
export const update = (run: Run) =>
  new Command()
    .option("--name <name:string>", "How it is called, at least 2 characters.")
    .option("--domain <domain:string>", "A domain of its own.")
    .option("--storage-size <gib:integer>", `Its disk in GiB, at least ${LEAST_STORAGE}.`)
    .option(...PROJECT)
    .example("Rename it", "insforge projects update --name shop")
    .action(run(runUpdate));

/** Changes a project. @throws {UsageError} without anything to change */
async function runUpdate(context: Context, options: Options): Promise<Result> {
  const change = changeOf(options);
  if (Object.values(change).every((value) => value === undefined)) {
    throw new UsageError("There is nothing to change.", {
      hint: "Give --name, --domain or --storage-size.",
    });
  }
  const id = projectOf(context, options.project);
  const project = await updateProject(await context.platform(), id, change);
  return { data: project, view: success(`Changed the project ${project.name}.`) };
}

function changeOf({ name, domain, storageSize }: Options): ProjectChange {
  if (name !== undefined && name.trim().length < 2) {
    throw new UsageError("--name: a project's name has at least 2 characters.");
  }
  return {
    name,
    customizedDomain: filledOption(domain, "--domain"),
    storageDiskSize: wholeNumberOption(storageSize, "--storage-size", LEAST_STORAGE),
  };
}
