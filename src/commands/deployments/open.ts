import { Command } from "@cliffy/command";
import {
  type Deployment,
  getDeployment,
  listDeployments,
} from "../../client/backend/deployments.ts";
import type { HttpClient } from "../../client/http.ts";
import { checkId } from "../../cli/ids.ts";
import type { Context, Run } from "../../cli/context.ts";
import { failureReason, stateOf, urlOf } from "./publishing/wait.ts";
import { NotFoundError, OperationError } from "../../core/errors.ts";
import { showInBrowser } from "../../terminal/browser.ts";
import type { Result } from "../../terminal/present.ts";
import { success, text } from "../../terminal/view.ts";

/** How far back the newest deployment that is ready is looked for. */
const NEWEST = 20;

/** `insforge deployments open`: shows a deployment in the browser. */
export const open = (run: Run) =>
  new Command()
    .arguments("[id:string]")
    .example("The newest that is ready", "insforge deployments open")
    .example("One of them", "insforge deployments open 0f8fad5b-d9cb-469f-a165-70867728950e")
    .example("Its address, for a script", "url=$(insforge deployments open)")
    .action(run(runOpen));

/** Opens the browser where a person sits at one; answers the address in any case. */
async function runOpen(context: Context, _options: unknown, id?: string): Promise<Result> {
  if (id !== undefined) checkId(id, "deployment", "deployments list");
  const backend = await context.backend();
  const deployment = id === undefined
    ? await newestReady(backend)
    : await getDeployment(backend, id);
  const url = previewOf(deployment);
  const opened = await showInBrowser(context, url);
  return {
    data: { id: deployment.id, url, opened },
    view: opened ? success(`Opened ${url}`) : text(url),
  };
}

async function newestReady(backend: HttpClient): Promise<Deployment> {
  const deployments = await listDeployments(backend, { limit: NEWEST, offset: 0 });
  const ready = deployments.find((deployment) => stateOf(deployment) === "READY");
  if (ready) return ready;
  throw new NotFoundError("No deployment is ready yet.", {
    hint: "Publish one: `insforge deployments deploy ./dist`.",
  });
}

/** @throws {OperationError} when the deployment is not ready, or has no address */
function previewOf(deployment: Deployment): string {
  const { id } = deployment;
  const url = urlOf(deployment);
  if (url !== undefined && stateOf(deployment) === "READY") return url;
  const why = failureReason(deployment);
  throw new OperationError(
    `Deployment ${id} has no address: it is ${stateOf(deployment)}` + (why ? ` (${why})` : "."),
    "NOT_READY",
    { hint: `\`insforge deployments status ${id}\` shows how it stands.` },
  );
}
