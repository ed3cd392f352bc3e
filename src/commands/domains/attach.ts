import { Command } from "@cliffy/command";
import { attachDomain, plainDomain } from "../../client/backend/domains.ts";
import type { Context, Run } from "../../cli/context.ts";
import type { Result } from "../../terminal/present.ts";
import { success } from "../../terminal/view.ts";
import { domainView } from "./view.ts";

/** `insforge domains attach`. */
export const attach = (run: Run) =>
  new Command()
    .arguments("<domain:string>")
    .example("Attach a name", "insforge domains attach example.com")
    .action(run(runAttach));

/** Attaches a domain. @throws {HttpError} where the backend has no domains */
async function runAttach(context: Context, _options: unknown, name: string): Promise<Result> {
  const domain = await attachDomain(await context.backend(), plainDomain(name));
  return {
    data: domain,
    view: [success(`${domain.domain} is attached to the site.`), ...domainView(domain)],
  };
}
