/** Copies of the local backend of a command, and what is put in its place. */
import { makePrivateFolder } from "../../../files/folders.ts";
import type { Context } from "../../../cli/context.ts";
import { snapshotsFolder } from "../../../config/paths.ts";
import { copyData } from "../../../shared/copies/data_copy.ts";
import { requireDataDir } from "../../../shared/copies/data_dir.ts";
import { replaceData, takeDataBack } from "../../../shared/copies/replace_data.ts";
import {
  type Snapshot,
  type SnapshotLabels,
  takeSnapshot,
} from "../../../shared/copies/snapshots.ts";
import { OperationError } from "../../../core/errors.ts";
import type { ServerState } from "../../../shared/contract/state.ts";
import { type LocalBackendControl, startAgain } from "../backend_process.ts";
import { whileHeld, whileNoneStarts } from "./held.ts";

/**
 * Copies the data of a backend, which may be running, into a new folder, and waits until they are
 * on the disk; the backend goes on before.
 * @returns bytes
 * @throws {FileError} when there is no backend, or the folder cannot be written
 */
export async function copyBackend(
  context: Context,
  backend: LocalBackendControl,
  target: string,
): Promise<number> {
  await requireDataDir(backend.dataDir);
  const copy = await whileHeld(context, backend, () => copyData(backend.dataDir, target));
  await copy.sync();
  return copy.bytes;
}

/** Takes a snapshot of a backend, which may be running. @throws {FileError} */
export async function snapshotBackend(
  context: Context,
  backend: LocalBackendControl,
  labels: Pick<SnapshotLabels, "name" | "title">,
): Promise<Snapshot> {
  const { clock } = context;
  await requireDataDir(backend.dataDir);
  return await takeSnapshot(
    storeOf(context),
    { ...labels, createdAt: clock.now().toISOString() },
    () => clock.now(),
    (target) => copyBackend(context, backend, target),
  );
}

/** Where the snapshots of the project are. */
export function storeOf({ launch }: Context): string {
  return snapshotsFolder(launch.projectRoot);
}

/**
 * Puts a copy in the place of a backend's data, and starts the server again if it ran: with the
 * data that it had, where the copy cannot be made or does not open.
 * @returns the server, if it ran
 * @throws {OperationError} that says why the data are what they were
 */
export async function restoreBackend(
  backend: LocalBackendControl,
  from: string,
): Promise<ServerState | undefined> {
  const { dataDir } = backend;
  const state = await backend.stop();
  let isReplaced = false;
  try {
    await makePrivateFolder(dataDir);
    await whileNoneStarts(backend, () => replaceData(dataDir, from));
    isReplaced = true;
    return state && await startAgain(backend, state);
  } catch (error) {
    if (!state) throw error;
    try {
      if (isReplaced) await whileNoneStarts(backend, () => takeDataBack(dataDir));
      await startAgain(backend, state);
    } catch {
      throw error;
    }
    throw new OperationError(
      `The data are what they were, as the copy is not usable. ${(error as Error).message}`,
      "RESTORE_FAILED",
      { hint: "See what else there is with: insforge local snapshots list", cause: error },
    );
  }
}
