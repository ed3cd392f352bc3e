import { Command } from "@cliffy/command";
import { plainDomain, removeDomain } from "../../client/backend/domains.ts";
import type { Context, Run } from "../../cli/context.ts";
import type { Result } from "../../terminal/present.ts";
import { success } from "../../terminal/view.ts";

/** `insforge domains remove`. */
export const remove = (run: Run) =>
  new Command()
    .arguments("<domain:string>")
    .example("Take a domain away", "insforge domains remove example.com -y")
    .action(run(runRemove));

/** Asks and removes. @throws {HttpError} 404 */
async function runRemove(context: Context, _options: unknown, name: string): Promise<Result> {
  const domain = plainDomain(name);
  const backend = await context.backend();
  await context.prompt.confirm(`Take ${domain} away from the site? It will no longer show it.`);
  const answer = await removeDomain(backend, domain);
  return {
    data: { success: true, domain, ...answer },
    view: success(`${domain} no longer leads to the site.`),
  };
}
