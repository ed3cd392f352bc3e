import { findHostedBranch, resetHostedBranch } from "../../../client/platform/branches.ts";
import type { Context } from "../../../cli/context.ts";
import type { Result } from "../../../terminal/present.ts";
import { success } from "../../../terminal/view.ts";
import { type HostedParent, untilSettled } from "./parent.ts";

/** Has the platform take a branch back to where it began, and waits for it. */
export async function resetHosted(
  context: Context,
  parent: HostedParent,
  name: string,
): Promise<Result> {
  const { id } = await findHostedBranch(parent.platform, parent.id, name);
  await context.prompt.confirm(`Take back everything that was done on the branch ${name}?`);
  using progress = context.progress("Taking the branch back");
  const begun = await resetHostedBranch(parent.platform, id);
  const branch = await untilSettled(context, parent, begun, ["resetting"]);
  progress.stop();
  return { data: { branch }, view: success(`The branch ${name} is as it began.`) };
}
