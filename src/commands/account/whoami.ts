import { Command } from "@cliffy/command";
import { getProfile } from "../../client/platform/projects.ts";
import type { Context, Run } from "../../cli/context.ts";
import { isSelfHosted } from "../../config/project.ts";
import { type BackendTarget, PAIR, resolveTarget } from "../../config/target.ts";
import { AuthError, NotLinkedError } from "../../core/errors.ts";
import type { Result } from "../../terminal/present.ts";
import { facts, text } from "../../terminal/view.ts";

/** `insforge whoami`: the account that is logged in. */
export const whoami = (run: Run) =>
  new Command()
    .example("Am I logged in?", "insforge whoami")
    .action(run(runWhoami));

/** Asks the platform for the account. @throws {AuthError} when there is no login. */
async function runWhoami(context: Context): Promise<Result> {
  const target = await targetOf(context);
  const platform = await context.platform().catch((error) => {
    throw error instanceof AuthError && target && needsNone(target)
      ? withoutAccount(error, target)
      : error;
  });
  using _progress = context.progress("Asking the platform");
  const user = await getProfile(platform);
  return {
    data: user,
    view: [
      text(`Logged in as ${user.email || user.name}${fromVariable(context)}.`),
      facts([
        ["Name", user.name || undefined],
        ["ID", user.id],
        ["Commands act on", target && `${target.url}, named by ${target.source}`],
      ]),
    ],
  };
}

function fromVariable({ env }: Context): string {
  return env("INSFORGE_ACCESS_TOKEN") ? ", by INSFORGE_ACCESS_TOKEN" : "";
}

/**
 * What commands act on; the platform is not asked for the address of a project.
 * @throws {UsageError} for half of what names a backend
 */
async function targetOf({ launch, env }: Context): Promise<BackendTarget | undefined> {
  const unasked = (id: string) => Promise.resolve({ url: `the project ${id}`, apiKey: "" });
  try {
    return await resolveTarget(launch, env, unasked);
  } catch (error) {
    if (error instanceof NotLinkedError) return undefined;
    throw error;
  }
}

/** A project of the platform that is named by its id is asked for there. */
function needsNone({ project, source }: BackendTarget): boolean {
  return project ? isSelfHosted(project) : source === PAIR;
}

function withoutAccount({ message, hint }: AuthError, { source }: BackendTarget): AuthError {
  const verb = source === PAIR ? "name" : "names";
  return new AuthError(message, {
    hint: `The backend that ${source} ${verb} needs no account. For the platform: ${hint}`,
  });
}
