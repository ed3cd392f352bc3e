import { Command } from "@cliffy/command";
import { beginPortal } from "../../client/platform/billing.ts";
import type { Context, Run } from "../../cli/context.ts";
import type { Result } from "../../terminal/present.ts";
import { ORGANIZATION, organizationOf } from "../account/choose.ts";
import { opened } from "./opened.ts";

/** `insforge billing manage`. */
export const manage = (run: Run) =>
  new Command()
    .option(...ORGANIZATION)
    .example("Change the card", "insforge billing manage")
    .action(run(runManage));

/** Opens the customer's page; answers its address in any case. */
async function runManage(context: Context, options: { orgId?: string }): Promise<Result> {
  const { platform, id } = await organizationOf(context, options.orgId);
  const portal = await beginPortal(platform, id);
  return { data: portal, view: await opened(context, portal.portalUrl) };
}
