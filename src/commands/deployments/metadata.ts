import { Command } from "@cliffy/command";
import { deploymentMetadata } from "../../client/backend/deployments.ts";
import type { Context, Run } from "../../cli/context.ts";
import type { Result } from "../../terminal/present.ts";
import { facts } from "../../terminal/view.ts";

/** `insforge deployments metadata`: what is published now, and under which addresses. */
export const metadata = (run: Run) =>
  new Command()
    .example("Where is the site?", "insforge deployments metadata")
    .action(run(runMetadata));

async function runMetadata(context: Context): Promise<Result> {
  const found = await deploymentMetadata(await context.backend());
  return {
    data: found,
    view: facts([
      ["Current deployment", found.currentDeploymentId ?? "none"],
      ["Address", found.defaultDomainUrl ?? undefined],
      ["Own domain", found.customDomainUrl ?? undefined],
    ]),
  };
}
