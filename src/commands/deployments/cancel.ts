import { Command } from "@cliffy/command";
import { cancelDeployment } from "../../client/backend/deployments.ts";
import { checkId } from "../../cli/ids.ts";
import type { Context, Run } from "../../cli/context.ts";
import type { Result } from "../../terminal/present.ts";
import { success } from "../../terminal/view.ts";

/** `insforge deployments cancel`: ends a deployment. */
export const cancel = (run: Run) =>
  new Command()
    .arguments("<id:string>")
    .example(
      "Cancel without a question",
      "insforge deployments cancel 0f8fad5b-d9cb-469f-a165-70867728950e -y",
    )
    .action(run(runCancel));

/** Asks and cancels. */
async function runCancel(
  context: Context,
  _options: unknown,
  id: string,
): Promise<Result> {
  checkId(id, "deployment", "deployments list");
  await context.prompt.confirm(`Cancel deployment ${id}?`);
  const answer = await cancelDeployment(await context.backend(), id);
  return { data: answer, view: success(answer?.message ?? `Canceled deployment ${id}.`) };
}
