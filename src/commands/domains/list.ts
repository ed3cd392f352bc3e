import { Command } from "@cliffy/command";
import { listDomains } from "../../client/backend/domains.ts";
import type { Context, Run } from "../../cli/context.ts";
import type { Result } from "../../terminal/present.ts";
import { table } from "../../terminal/view.ts";

/** `insforge domains list`. */
export const list = (run: Run) =>
  new Command()
    .example("List the domains", "insforge domains list")
    .action(run(runList));

/** Lists the domains of the site. */
async function runList(context: Context): Promise<Result> {
  const domains = await listDomains(await context.backend());
  return {
    data: { domains },
    view: table(
      [{ title: "Domain", whole: true }, "Verified", "Leads to the Site"],
      domains.map(({ domain, verified, misconfigured }) => [domain, verified, !misconfigured]),
      "The site has no domain of its own. Attach one with: insforge domains attach",
    ),
  };
}
