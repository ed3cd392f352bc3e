import { findHostedBranch } from "../../../client/platform/branches.ts";
import type { Context } from "../../../cli/context.ts";
import { OperationError } from "../../../core/errors.ts";
import type { Result } from "../../../terminal/present.ts";
import { success, text } from "../../../terminal/view.ts";
import { type HostedParent, linkHostedBranch, linkHostedParent } from "./parent.ts";

/** Links the directory to a branch, or without a name to the parent. @throws {OperationError} */
export async function switchHosted(
  context: Context,
  parent: HostedParent,
  name: string | undefined,
): Promise<Result> {
  if (name === undefined) {
    await linkHostedParent(context, parent);
    return { data: { switched: "parent" }, view: [success("Back on the parent."), ENV] };
  }
  const branch = await findHostedBranch(parent.platform, parent.id, name);
  if (branch.branch_state !== "ready") {
    throw new OperationError(`The branch ${name} is ${branch.branch_state}.`, "NOT_READY", {
      hint: "See how far it is: insforge branch list",
    });
  }
  await linkHostedBranch(context, parent, branch);
  return {
    data: { switched: "branch", branch_id: branch.id },
    view: [success(`This directory is on the branch ${name} now.`), ENV],
  };
}

const ENV = text("Apps have to be told the new address: insforge env pull");
