import { Command } from "@cliffy/command";
import { removeFolder } from "../../files/folders.ts";
import type { Context, Run } from "../../cli/context.ts";
import type { Result } from "../../terminal/present.ts";
import { success, text } from "../../terminal/view.ts";
import { requireDataDir } from "../../shared/copies/data_dir.ts";
import { findBranch } from "./branches.ts";
import { linkParent, parentOf } from "./linked.ts";
import { hostedParent } from "./hosted/parent.ts";

/** `insforge branch delete`. */
export const deleteBranch = (run: Run) =>
  new Command()
    .arguments("<name:string>")
    .example("Delete one without a question", "insforge branch delete new-policies -y")
    .action(run(runDelete));

/** Stops the branch and deletes its data; a directory that is on it goes back to the parent. */
async function runDelete(context: Context, _: unknown, name: string): Promise<Result> {
  const hosted = await hostedParent(context);
  if (hosted) return await (await import("./hosted/delete.ts")).deleteHosted(context, hosted, name);
  const parent = await parentOf(context);
  const { branch, place, backend } = await findBranch(context, name);
  await requireDataDir(place.data);
  await context.prompt.confirm(`Delete the branch ${name} with its data? This cannot be undone.`);
  using progress = context.progress("Deleting the branch");
  const isCurrent = parent.current === name;
  if (isCurrent) await linkParent(context, parent);
  await backend.stop();
  await removeFolder(place.folder);
  progress.stop();
  return {
    data: { deleted: true, branch_id: branch.id, switched_back: isCurrent },
    view: [
      success(`Deleted the branch ${name}.`),
      ...isCurrent ? [text("Back on the parent.")] : [],
    ],
  };
}
