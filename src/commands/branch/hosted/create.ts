import { createHostedBranch } from "../../../client/platform/branches.ts";
import type { Context } from "../../../cli/context.ts";
import { OperationError } from "../../../core/errors.ts";
import type { Result } from "../../../terminal/present.ts";
import { success, text } from "../../../terminal/view.ts";
import { type HostedParent, linkHostedBranch, untilSettled } from "./parent.ts";

interface Options {
  readonly mode: string;
  readonly switch: boolean;
}

/** Has the platform make a branch, and waits for it. @throws {OperationError} on a branch */
export async function createHosted(
  context: Context,
  parent: HostedParent,
  options: Options,
  name: string,
): Promise<Result> {
  if (parent.linked.branched_from) {
    throw new OperationError("A branch cannot be branched.", "NOT_SUPPORTED", {
      hint: "Go to the parent first: insforge branch switch --parent",
    });
  }
  using progress = context.progress(`Creating the branch ${name}`);
  const begun = await createHostedBranch(parent.platform, parent.id, { name, mode: options.mode });
  const branch = await untilSettled(context, parent, begun, ["creating"]);
  if (options.switch) await linkHostedBranch(context, parent, branch);
  progress.stop();
  return {
    data: { branch, switched: options.switch },
    view: [
      success(
        options.switch
          ? `This directory is on the branch ${name} now.`
          : `The branch ${name} is ready. Switch to it: insforge branch switch ${name}`,
      ),
      text("Its backend may take some minutes until it answers."),
      ...options.switch ? [text("Apps have to be told the new address: insforge env pull")] : [],
    ],
  };
}
