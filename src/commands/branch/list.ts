import { Command } from "@cliffy/command";
import type { Context, Run } from "../../cli/context.ts";
import { formatDate } from "../../terminal/dates.ts";
import type { Result } from "../../terminal/present.ts";
import { table } from "../../terminal/view.ts";
import { findBranch, listBranches } from "./branches.ts";
import { parentOf } from "./linked.ts";
import { hostedParent } from "./hosted/parent.ts";
import { wayBack } from "./way_back.ts";

/** `insforge branch list`. */
export const list = (run: Run) =>
  new Command()
    .example("See the branches", "insforge branch list")
    .action(run(runList));

/** Lists the branches, oldest first, with the address of those that run. */
async function runList(context: Context): Promise<Result> {
  const hosted = await hostedParent(context);
  if (hosted) return await (await import("./hosted/list.ts")).listHosted(context, hosted);
  const { current } = await parentOf(context);
  const branches = await Promise.all((await listBranches(context)).map(async (branch) => {
    const { backend } = await findBranch(context, branch.name);
    return {
      ...branch,
      current: branch.name === current,
      url: (await backend.find())?.url ?? null,
    };
  }));
  return {
    data: { data: branches },
    view: [
      table(
        ["", { title: "Name", whole: true }, "State", "Mode", "Created", "Address"],
        branches.map((branch) => [
          branch.current ? "*" : "",
          branch.name,
          branch.branch_state,
          branch.branch_metadata.mode,
          formatDate(branch.branch_created_at, context.terminal),
          branch.url ?? "stopped",
        ]),
        "There are no branches. Make one with: insforge branch create NAME",
      ),
      ...wayBack(branches),
    ],
  };
}
