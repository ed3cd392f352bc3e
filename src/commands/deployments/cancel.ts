import { Command } from "@cliffy/command";
import { cancelDeployment, getDeployment } from "../../client/backend/deployments.ts";
import { checkId } from "../../cli/ids.ts";
import type { Context, Run } from "../../cli/context.ts";
import { stateOf, urlOf } from "./publishing/wait.ts";
import type { Result } from "../../terminal/present.ts";
import { success, text } from "../../terminal/view.ts";

/** `insforge deployments cancel`: ends a deployment. */
export const cancel = (run: Run) =>
  new Command()
    .arguments("<id:string>")
    .example(
      "Cancel without a question",
      "insforge deployments cancel 0f8fad5b-d9cb-469f-a165-70867728950e -y",
    )
    .action(run(runCancel));

/** Asks and cancels; of one that is live it says that its site goes down. */
async function runCancel(
  context: Context,
  _options: unknown,
  id: string,
): Promise<Result> {
  checkId(id, "deployment", "deployments list");
  const backend = await context.backend();
  const deployment = await getDeployment(backend, id);
  const isLive = stateOf(deployment) === "READY";
  const site = urlOf(deployment) ?? "its address";
  await context.prompt.confirm(
    isLive
      ? `Deployment ${id} is live: cancelling takes the site at ${site} down. Cancel it?`
      : `Cancel deployment ${id}?`,
  );
  const answer = await cancelDeployment(backend, id);
  return {
    data: { ...answer, wasLive: isLive },
    view: [
      success(answer?.message ?? `Canceled deployment ${id}.`),
      ...(isLive ? [text(`It was live: ${site} no longer shows it.`)] : []),
    ],
  };
}
