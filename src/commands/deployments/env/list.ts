import { Command } from "@cliffy/command";
import { listEnvVars } from "../../../client/backend/deployments.ts";
import type { Context, Run } from "../../../cli/context.ts";
import { formatDate } from "../../../terminal/dates.ts";
import type { Result } from "../../../terminal/present.ts";
import { table } from "../../../terminal/view.ts";

/** `insforge deployments env list`: the variables of builds, never their values. */
export const list = (run: Run) =>
  new Command()
    .example("List the variables", "insforge deployments env list")
    .action(run(runList));

/** Lists the variables. */
async function runList(context: Context): Promise<Result> {
  const envVars = await listEnvVars(await context.backend());
  const date = (epochMs?: number) =>
    epochMs === undefined ? "" : formatDate(new Date(epochMs).toISOString(), context.terminal);
  return {
    data: { envVars },
    view: table(
      ["Key", "Type", "Updated"],
      envVars.map(({ key, type, updatedAt }) => [key, type, date(updatedAt)]),
      "There are no variables yet.",
    ),
  };
}
