import { Command } from "@cliffy/command";
import { plainDomain, verifyDomain } from "../../client/backend/domains.ts";
import type { Context, Run } from "../../cli/context.ts";
import type { Result } from "../../terminal/present.ts";
import { domainView } from "./view.ts";

/** `insforge domains verify`. */
export const verify = (run: Run) =>
  new Command()
    .arguments("<domain:string>")
    .example("Look whether the records are there", "insforge domains verify example.com")
    .action(run(runVerify));

/** Has the records looked at. @throws {HttpError} 404 */
async function runVerify(context: Context, _options: unknown, name: string): Promise<Result> {
  const domain = await verifyDomain(await context.backend(), plainDomain(name));
  return { data: domain, view: domainView(domain) };
}
