import { Command } from "@cliffy/command";
import { findDomain, plainDomain } from "../../client/backend/domains.ts";
import type { Context, Run } from "../../cli/context.ts";
import type { Result } from "../../terminal/present.ts";
import { text } from "../../terminal/view.ts";
import { domainView } from "./view.ts";

/** `insforge domains status`. */
export const status = (run: Run) =>
  new Command()
    .arguments("<domain:string>")
    .example("See how a domain stands", "insforge domains status example.com")
    .action(run(runStatus));

/** Shows a domain; that it is not attached is an answer as well. */
async function runStatus(context: Context, _options: unknown, name: string): Promise<Result> {
  const wanted = plainDomain(name);
  const domain = await findDomain(await context.backend(), wanted) ?? null;
  return {
    data: { domain },
    view: domain ? domainView(domain) : text(`${wanted} is not attached to the site.`),
  };
}
