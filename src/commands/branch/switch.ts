import { Command } from "@cliffy/command";
import type { Context, Run } from "../../cli/context.ts";
import { UsageError } from "../../core/errors.ts";
import type { Result } from "../../terminal/present.ts";
import { success, text } from "../../terminal/view.ts";
import { findBranch } from "./branches.ts";
import { ensureRunning, linkBranch, linkParent, parentOf } from "./linked.ts";
import { hostedParent } from "./hosted/parent.ts";

/** `insforge branch switch`. */
export const switchBranch = (run: Run) =>
  new Command()
    .arguments("[name:string]")
    .option("--parent", "Go back to the parent.")
    .example("Go to a branch", "insforge branch switch new-policies")
    .example("Go back", "insforge branch switch --parent")
    .action(run(runSwitch));

/** Links the directory to another backend of the project, which is started unless it runs. */
async function runSwitch(
  context: Context,
  options: { parent?: boolean },
  name?: string,
): Promise<Result> {
  if ((name === undefined) !== (options.parent ?? false)) {
    throw new UsageError("Give either the name of a branch or --parent.");
  }
  const hosted = await hostedParent(context);
  if (hosted) return await (await import("./hosted/switch.ts")).switchHosted(context, hosted, name);
  const parent = await parentOf(context);
  using progress = context.progress("Switching");
  if (name === undefined) {
    await linkParent(context, parent);
    progress.stop();
    return { data: { switched: "parent" }, view: [success("Back on the parent."), ENV] };
  }
  const { branch, backend } = await findBranch(context, name);
  const { url } = await ensureRunning(backend);
  await linkBranch(context, parent, { branch, backend, url });
  progress.stop();
  return {
    data: { switched: "branch", branch_id: branch.id },
    view: [success(`This directory is on the branch ${name} now.`), ENV],
  };
}

const ENV = text("Apps have to be told the new address: insforge env pull");
