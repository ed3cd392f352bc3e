import { Command } from "@cliffy/command";
import { dashboardOf } from "../../config/dashboard.ts";
import { namedProject } from "../../config/target.ts";
import { isSelfHosted, linkedProject } from "../../config/project.ts";
import type { Context, Run } from "../../cli/context.ts";
import { OperationError, UsageError } from "../../core/errors.ts";
import { showInBrowser } from "../../terminal/browser.ts";
import type { Result } from "../../terminal/present.ts";
import { success, text } from "../../terminal/view.ts";

const DOCS_URL = "https://docs.insforge.dev";

/** What can be opened, and where it is. */
const PLACES: Readonly<Record<string, (context: Context) => Promise<string> | string>> = {
  dashboard: dashboardUrl,
  api: async (context) => (await context.target()).url,
  docs: () => DOCS_URL,
};

/** `insforge open [dashboard|api|docs]`: shows a place of the project in the browser. */
export const open = (run: Run) =>
  new Command()
    .arguments("[place:string:place]")
    .complete("place", () => Object.keys(PLACES))
    .example("The project's dashboard", "insforge open")
    .example("The address of the backend, for a script", "url=$(insforge open api)")
    .action(run(runOpen));

/** Opens the browser where a person sits at one; answers the address in any case. */
export async function runOpen(
  context: Context,
  _options: unknown,
  place = "dashboard",
): Promise<Result> {
  const find = Object.hasOwn(PLACES, place) ? PLACES[place] : undefined;
  if (!find) {
    throw new UsageError(`There is no "${place}" to open.`, {
      hint: `Name one of: ${Object.keys(PLACES).join(", ")}.`,
    });
  }
  const url = await find(context);
  const opened = await showInBrowser(context, url);
  return { data: { url, opened }, view: opened ? success(`Opened ${url}`) : text(url) };
}

/** @throws {OperationError} for a local backend, which has no dashboard. */
async function dashboardUrl(context: Context): Promise<string> {
  const wanted = namedProject(context.launch, context.env)?.id;
  const project = wanted || context.env("INSFORGE_BASE_URL")
    ? undefined
    : linkedProject(context.launch);
  if (project?.region === "local" && isSelfHosted(project)) {
    throw new OperationError("The local backend has no dashboard.", "NO_DASHBOARD", {
      hint: "`insforge metadata` shows what it holds.",
    });
  }
  const id = wanted ?? (project && !isSelfHosted(project) ? project.project_id : undefined);
  // A self-hosted backend shows its dashboard at its own address.
  if (id === undefined) return (await context.target()).url;
  return dashboardOf(id, context.env);
}
