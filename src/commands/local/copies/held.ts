/** Keeps the data of a local backend as it is for as long as somebody copies it. */
import { join } from "@std/path";
import { backendClient } from "../../../client/backend.ts";
import { whileLocked } from "../../../files/file_lock.ts";
import type { Context } from "../../../cli/context.ts";
import { OperationError } from "../../../core/errors.ts";
import { type ServerState, STATE_FILES } from "../../../shared/contract/state.ts";
import type { LocalBackendControl } from "../backend_process.ts";

/** Longer than a server holds its database. */
const HOLD_TIMEOUT_MS = 120_000;
const LOCK_PATIENCE_MS = 500;

/**
 * Runs `body` while nothing changes in the data directory: a running server is asked to wait, and
 * where none runs, none can start.
 * @throws {OperationError} when it took so long that changes went on
 */
export async function whileHeld<T>(
  context: Context,
  backend: LocalBackendControl,
  body: () => Promise<T>,
): Promise<T> {
  const state = await backend.find();
  return state
    ? await whileServerWaits(context, backend, state, body)
    : await whileNoneStarts(backend, body);
}

async function whileServerWaits<T>(
  context: Context,
  backend: LocalBackendControl,
  { url }: ServerState,
  body: () => Promise<T>,
): Promise<T> {
  const client = backendClient({ url, apiKey: await backend.apiKey() }, context.surroundings);
  const answer = await client.stream("POST", "/api/local/hold", { timeoutMs: HOLD_TIMEOUT_MS });
  const reader = answer.body!.getReader();
  try {
    const { done } = await reader.read();
    let isOver = done;
    const end = () => isOver = true;
    reader.read().then(end, end);
    const result = await body();
    // What has come meanwhile is heard.
    await new Promise((resolve) => setTimeout(resolve));
    if (isOver) {
      throw new OperationError("The data changed while it was copied.", "COPY_CHANGED", {
        hint: "Stop the backend first: insforge local stop",
      });
    }
    return result;
  } finally {
    await reader.cancel().catch(() => {});
  }
}

/** Runs `body` while no server can start. @throws {OperationError} when one starts or stops */
export async function whileNoneStarts<T>(
  { dataDir }: LocalBackendControl,
  body: () => Promise<T>,
): Promise<T> {
  const done = await whileLocked(join(dataDir, STATE_FILES.lock), LOCK_PATIENCE_MS, body);
  if (done) return done.result;
  throw new OperationError(`A server of ${dataDir} is starting or stopping.`, "LOCAL_IN_USE", {
    hint: "Try again in a moment.",
  });
}
