import { Command } from "@cliffy/command";
import { getProfile } from "../../client/platform/projects.ts";
import type { Context, Run } from "../../cli/context.ts";
import type { Result } from "../../terminal/present.ts";
import { facts, text } from "../../terminal/view.ts";

/** `insforge whoami`: the account that is logged in. */
export const whoami = (run: Run) =>
  new Command()
    .example("Am I logged in?", "insforge whoami")
    .action(run(runWhoami));

/** Asks the platform for the account. @throws {AuthError} when there is no login. */
async function runWhoami(context: Context): Promise<Result> {
  const platform = await context.platform();
  using _progress = context.progress("Asking the platform");
  const user = await getProfile(platform);
  return {
    data: user,
    view: [
      text(`Logged in as ${user.email || user.name}.`),
      facts([["Name", user.name || undefined], ["ID", user.id]]),
    ],
  };
}
