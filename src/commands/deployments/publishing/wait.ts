/** Starts a deployment and waits until it is ready. */
import {
  type Deployment,
  getDeployment,
  startDeployment,
  syncDeployment,
} from "../../../client/backend/deployments.ts";
import type { HttpClient } from "../../../client/http.ts";
import { inDoubt, isAnswerLost } from "../../../client/lost_answer.ts";
import { poll } from "../../../client/poll.ts";
import type { StartDeploymentRequest } from "../../../shared/contract/backend.ts";
import type { Context } from "../../../cli/context.ts";
import { HttpError, OperationError } from "../../../core/errors.ts";

const INTERVAL_MS = 5_000;
/** On this machine a deployment is ready within moments. */
const LOCAL_INTERVAL_MS = 50;

/** States in which a deployment waits for its files or its start. */
const BEFORE_START = new Set(["WAITING", "UPLOADING"]);

/**
 * Starts a deployment. When the answer is lost, the deployment itself tells whether it was started,
 * so that it is never started twice.
 */
export async function start(
  backend: HttpClient,
  id: string,
  settings: StartDeploymentRequest,
): Promise<Deployment> {
  try {
    return await startDeployment(backend, id, settings);
  } catch (error) {
    if (!isAnswerLost(error)) throw error;
    const found = await getDeployment(backend, id).catch(() => {
      throw inDoubt(error, {
        may: `deployment ${id} may have been started`,
        hint: `Look with \`insforge deployments status ${id}\` before you deploy again.`,
      });
    });
    if (!BEFORE_START.has(stateOf(found))) return found;
    return await startDeployment(backend, id, settings);
  }
}

/**
 * Waits until a deployment is ready.
 * @throws {OperationError} when it fails, is canceled, or is not ready after `timeoutMs`
 */
export async function waitUntilReady(
  context: Context,
  backend: HttpClient,
  started: Deployment,
  timeoutMs: number,
): Promise<Deployment> {
  if (isReady(started)) return started;
  const { id } = started;
  const follow = `Follow it with \`insforge deployments status ${id}\`.`;
  using progress = context.progress(`Deployment ${id}: ${stateOf(started)}`);
  const refresh = refresher(backend, id);
  const outcome = await poll({
    clock: context.clock,
    signal: context.signal,
    intervalMs: isLocal(backend.baseUrl) ? LOCAL_INTERVAL_MS : INTERVAL_MS,
    timeoutMs,
    read: async () => {
      await refresh();
      return checkedState(await getDeployment(backend, id));
    },
    isDone: isReady,
    onState: (state) => progress.update(`Deployment ${id}: ${stateOf(state)}`),
  });
  if (outcome.done) return outcome.state;
  const { state, lastError } = outcome;
  throw new OperationError(
    `Deployment ${id} is not ready after ${timeoutMs / 1000} s` +
      (lastError ? `; the last try failed: ${lastError.message}` : "."),
    "TIMED_OUT",
    {
      hint: follow,
      facts: {
        id,
        status: stateOf(state ?? started),
        timedOut: true,
        ...(lastError ? { lastError: lastError.message } : {}),
      },
    },
  );
}

/** The state in upper case, as the current backend writes it. */
export function stateOf({ status }: Partial<Deployment>): string {
  return (status ?? "unknown").toUpperCase();
}

/** The address of a deployment, wherever the backend keeps it. */
export function urlOf({ url, deploymentUrl }: Deployment): string | undefined {
  const address = url ?? deploymentUrl ?? undefined;
  return address === undefined || /^https?:/.test(address) ? address : `https://${address}`;
}

/** Why a deployment failed, in any of the forms that backends have for it. */
export function failureReason({ metadata, error }: Deployment): string | undefined {
  const reason = metadata?.error ?? error;
  if (typeof reason === "string") return reason;
  const { errorMessage, message, errorCode, code } = (reason ?? {}) as Record<string, unknown>;
  const text = errorMessage ?? message ?? errorCode ?? code;
  return typeof text === "string" ? text : undefined;
}

function isReady(deployment: Deployment): boolean {
  const state = stateOf(deployment);
  const failed = state === "ERROR" || state === "FAILED";
  if (!failed && state !== "CANCELED" && state !== "CANCELLED") return state === "READY";
  const { id } = deployment;
  const why = failureReason(deployment);
  throw new OperationError(
    failed
      ? `Deployment ${id} failed: ${why ?? "the backend does not say why."}`
      : `Deployment ${id} was canceled.`,
    failed ? "DEPLOYMENT_FAILED" : "DEPLOYMENT_CANCELED",
    { facts: { id, status: state } },
  );
}

function checkedState(answer: Deployment | undefined): Deployment {
  if (typeof answer?.status === "string") return answer;
  throw new OperationError(
    "The backend answered with something that is no deployment.",
    "INVALID_RESPONSE",
  );
}

/**
 * A hosted project hears from its hosting by itself; any other asks it when it is told to. Backends
 * without that route are not asked again.
 */
function refresher(backend: HttpClient, id: string): () => Promise<void> {
  let isWanted = !new URL(backend.baseUrl).hostname.endsWith(".insforge.app");
  return async () => {
    if (!isWanted) return;
    try {
      await syncDeployment(backend, id);
    } catch (error) {
      if (!(error instanceof HttpError) || error.status !== 404) throw error;
      isWanted = false;
    }
  };
}

function isLocal(baseUrl: string): boolean {
  return /^(127\.|localhost$|\[::1\]$)/.test(new URL(baseUrl).hostname);
}
