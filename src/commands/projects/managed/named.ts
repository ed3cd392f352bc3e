/** Which project of the platform is meant. */
import { filledOption, requiredOption } from "../../../cli/options.ts";
import { isSelfHosted, linkedProject } from "../../../config/project.ts";
import { namedProject } from "../../../config/target.ts";
import type { Context } from "../../../cli/context.ts";
import { NotLinkedError } from "../../../core/errors.ts";

/** What every command of a project has, as InsForge's own CLI. */
export const PROJECT = [
  "--project <id:string>",
  "A project of the platform (default: the linked one).",
] as const;

/** The option of a command that takes no project for granted. */
export const NAMED_PROJECT = [PROJECT[0], "The project, which has to be named."] as const;

/** The given project, else the named one, else the linked one. @throws {NotLinkedError} */
export function projectOf({ env, launch }: Context, given: string | undefined): string {
  const named = filledOption(given, "--project") ?? namedProject(launch, env)?.id;
  if (named !== undefined) return named;
  const project = linkedProject(launch);
  if (project && !isSelfHosted(project)) return project.project_id;
  throw new NotLinkedError(
    project
      ? "The linked backend is no project of the platform."
      : "This directory is not linked to a project.",
    { hint: "Give --project, as `insforge list` has it, or run `insforge link`." },
  );
}

/** The project that has to be given: none is ended or moved that was not. @throws {UsageError} */
export function givenProject(id: string | undefined): string {
  const hint = "Name the project, as `insforge list` has it: none is taken for granted here.";
  return requiredOption(id, "--project", hint);
}
