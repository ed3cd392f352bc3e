import { Command } from "@cliffy/command";
import { getDeployment, syncDeployment } from "../../client/backend/deployments.ts";
import { checkId } from "../../cli/ids.ts";
import type { Context, Run } from "../../cli/context.ts";
import { failureReason, stateOf, urlOf } from "./publishing/wait.ts";
import { formatDate } from "../../terminal/dates.ts";
import type { Result } from "../../terminal/present.ts";
import { facts } from "../../terminal/view.ts";

/** `insforge deployments status`: how one deployment stands. */
export const status = (run: Run) =>
  new Command()
    .arguments("<id:string>")
    .option("--sync", "Let the backend ask its hosting first.")
    .example(
      "Ask the hosting",
      "insforge deployments status 0f8fad5b-d9cb-469f-a165-70867728950e --sync",
    )
    .action(run(runStatus));

/** Shows a deployment, and why it failed if it did. */
async function runStatus(
  context: Context,
  options: { sync?: boolean },
  id: string,
): Promise<Result> {
  checkId(id, "deployment", "deployments list");
  const backend = await context.backend();
  if (options.sync) await syncDeployment(backend, id);
  const deployment = await getDeployment(backend, id);
  return {
    data: deployment,
    view: facts([
      ["ID", deployment.id],
      ["Status", stateOf(deployment)],
      ["Provider", deployment.provider],
      ["Provider ID", deployment.providerDeploymentId ?? undefined],
      ["URL", urlOf(deployment)],
      ["Created", formatDate(deployment.createdAt, context.terminal) ?? undefined],
      ["Updated", formatDate(deployment.updatedAt, context.terminal) ?? undefined],
      ["Error", failureReason(deployment)],
    ]),
  };
}
