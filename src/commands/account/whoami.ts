import { Command } from "@cliffy/command";
import { getProfile } from "../../client/platform/projects.ts";
import type { Context, Run } from "../../cli/context.ts";
import { isSelfHosted } from "../../config/project.ts";
import { AuthError } from "../../core/errors.ts";
import type { Result } from "../../terminal/present.ts";
import { facts, text } from "../../terminal/view.ts";

/** `insforge whoami`: the account that is logged in. */
export const whoami = (run: Run) =>
  new Command()
    .example("Am I logged in?", "insforge whoami")
    .action(run(runWhoami));

/** Asks the platform for the account. @throws {AuthError} when there is no login. */
async function runWhoami(context: Context): Promise<Result> {
  const platform = await context.platform().catch((error) => {
    throw error instanceof AuthError && isOfLocal(context) ? withoutAccount(error) : error;
  });
  using _progress = context.progress("Asking the platform");
  const user = await getProfile(platform);
  return {
    data: user,
    view: [
      text(`Logged in as ${user.email || user.name}${fromVariable(context)}.`),
      facts([["Name", user.name || undefined], ["ID", user.id]]),
    ],
  };
}

function fromVariable({ env }: Context): string {
  return env("INSFORGE_ACCESS_TOKEN") ? ", by INSFORGE_ACCESS_TOKEN" : "";
}

function isOfLocal({ launch }: Context): boolean {
  const { project } = launch.project;
  return project !== undefined && isSelfHosted(project);
}

function withoutAccount({ message, hint }: AuthError): AuthError {
  return new AuthError(message, {
    hint:
      `The backend that this directory is linked to needs no account. For the platform: ${hint}`,
  });
}
