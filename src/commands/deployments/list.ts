import { Command } from "@cliffy/command";
import { type Deployment, listDeployments } from "../../client/backend/deployments.ts";
import type { Context, Run } from "../../cli/context.ts";
import { stateOf, urlOf } from "./publishing/wait.ts";
import { wholeNumberOption } from "../../cli/options.ts";
import { formatDate } from "../../terminal/dates.ts";
import type { Result } from "../../terminal/present.ts";
import { table } from "../../terminal/view.ts";

interface Options {
  limit?: number;
  offset?: number;
}

/** `insforge deployments list`: the newest deployments. */
export const list = (run: Run) =>
  new Command()
    .option("--limit <count:integer>", "How many to show (default: 20).")
    .option("--offset <count:integer>", "How many to skip.")
    .example("The newest deployments", "insforge deployments list")
    .action(run(runList));

/** Lists a page of deployments. */
async function runList(context: Context, options: Options): Promise<Result> {
  const page = {
    limit: wholeNumberOption(options.limit, "--limit", 1) ?? 20,
    offset: wholeNumberOption(options.offset, "--offset", 0) ?? 0,
  };
  const deployments = await listDeployments(await context.backend(), page);
  const created = ({ createdAt }: Deployment) => formatDate(createdAt, context.terminal) ?? "";
  return {
    data: deployments,
    view: table(
      [
        { title: "ID", whole: true },
        "Status",
        { title: "Provider", spare: true },
        { title: "URL", whole: true, spare: true },
        "Created",
      ],
      deployments.map((deployment) => [
        deployment.id,
        stateOf(deployment),
        deployment.provider ?? "",
        urlOf(deployment) ?? "",
        created(deployment),
      ]),
      page.offset > 0 ? "There are no more deployments." : "There are no deployments yet.",
    ),
  };
}
