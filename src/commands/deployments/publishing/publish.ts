/** Takes files to a ready deployment. */
import type { Deployment } from "../../../client/backend/deployments.ts";
import type { HttpClient } from "../../../client/http.ts";
import type { StartDeploymentRequest } from "../../../shared/contract/backend.ts";
import type { Context } from "../../../cli/context.ts";
import { CliError } from "../../../core/errors.ts";
import { ExitCode } from "../../../core/exit_codes.ts";
import type { HashedFile } from "./read.ts";
import { uploadArchive } from "./upload_archive.ts";
import { uploadDirectly } from "./upload.ts";
import { start, waitUntilReady } from "./wait.ts";

/** A deployment, and how many of its files had to be sent. */
export interface Published {
  readonly deployment: Deployment;
  readonly sent: number;
}

/**
 * Uploads, starts and waits; without `timeoutMs` it does not wait. An interruption says what became
 * of the deployment and how to follow it up.
 * @throws {OperationError} when the deployment fails or is not ready in time
 */
export async function publish(
  context: Context,
  backend: HttpClient,
  files: readonly HashedFile[],
  settings: StartDeploymentRequest,
  { timeoutMs }: { readonly timeoutMs?: number },
): Promise<Published> {
  let id: string | undefined;
  let isStarting = false;
  try {
    const onCreated = (created: string) => id = created;
    const uploaded = await uploadDirectly(context, backend, files, onCreated) ??
      await uploadArchive(context, backend, files, onCreated);
    isStarting = true;
    using progress = context.progress("Starting the deployment");
    const started = await start(backend, uploaded.id, settings);
    progress.stop();
    return {
      deployment: timeoutMs === undefined
        ? started
        : await waitUntilReady(context, backend, started, timeoutMs),
      sent: uploaded.sent,
    };
  } catch (error) {
    throw context.signal.aborted && id !== undefined ? interrupted(id, isStarting) : error;
  }
}

/** From the moment of its start on, a deployment may well go on. */
function interrupted(id: string, isStarting: boolean): CliError {
  return new CliError(
    isStarting
      ? `Interrupted. Deployment ${id} goes on without being watched.`
      : `Interrupted. Deployment ${id} was not started, and nothing was published.`,
    "INTERRUPTED",
    ExitCode.interrupted,
    {
      hint: isStarting
        ? `Follow it with \`insforge deployments status ${id}\`, or stop it with ` +
          `\`insforge deployments cancel ${id}\`.`
        : "Deploy again when you are ready.",
      facts: { id },
    },
  );
}
