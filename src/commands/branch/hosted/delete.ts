import { deleteHostedBranch, findHostedBranch } from "../../../client/platform/branches.ts";
import type { Context } from "../../../cli/context.ts";
import type { Result } from "../../../terminal/present.ts";
import { success, text } from "../../../terminal/view.ts";
import { type HostedParent, linkHostedParent } from "./parent.ts";

/** Deletes a branch; a directory that is on it goes back to the parent. */
export async function deleteHosted(
  context: Context,
  parent: HostedParent,
  name: string,
): Promise<Result> {
  const { id, linked, platform } = parent;
  const branch = await findHostedBranch(platform, id, name);
  await context.prompt.confirm(`Delete the branch ${name} with its data? This cannot be undone.`);
  await deleteHostedBranch(platform, branch.id);
  const isCurrent = linked.project_id === branch.id;
  if (isCurrent) await linkHostedParent(context, parent);
  return {
    data: { deleted: true, branch_id: branch.id, switched_back: isCurrent },
    view: [
      success(`Deleted the branch ${name}.`),
      ...isCurrent ? [text("Back on the parent.")] : [],
    ],
  };
}
