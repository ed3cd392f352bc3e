import { listHostedBranches } from "../../../client/platform/branches.ts";
import type { Context } from "../../../cli/context.ts";
import { formatDate } from "../../../terminal/dates.ts";
import type { Result } from "../../../terminal/present.ts";
import { table } from "../../../terminal/view.ts";
import { wayBack } from "../way_back.ts";
import type { HostedParent } from "./parent.ts";

/** Lists the branches of the project. */
export async function listHosted(
  { terminal }: Context,
  { id, linked, platform }: HostedParent,
): Promise<Result> {
  const branches = (await listHostedBranches(platform, id))
    .map((branch) => ({ ...branch, current: branch.id === linked.project_id }));
  return {
    data: { data: branches },
    view: [
      table(
        ["", { title: "Name", whole: true }, "State", "Mode", "Created"],
        branches.map((branch) => [
          branch.current ? "*" : "",
          branch.name,
          branch.branch_state,
          branch.branch_metadata?.mode,
          formatDate(branch.branch_created_at, terminal),
        ]),
        "There are no branches. Make one with: insforge branch create NAME",
      ),
      ...wayBack(branches),
    ],
  };
}
