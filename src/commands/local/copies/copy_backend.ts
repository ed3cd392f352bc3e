/** Copies of the local backend of a command, and what is put in its place. */
import { makeFolderAtomically } from "../../../files/atomic.ts";
import { isThere } from "../../../files/real_path.ts";
import type { Context } from "../../../cli/context.ts";
import { snapshotsFolder } from "../../../config/paths.ts";
import { copyData, vouchFor } from "../../../shared/copies/data_copy.ts";
import { eraseDataDir, requireDataDir } from "../../../shared/copies/data_dir.ts";
import {
  type Snapshot,
  type SnapshotLabels,
  takeSnapshot,
} from "../../../shared/copies/snapshots.ts";
import type { LocalBackendControl } from "../backend_process.ts";
import { whileHeld } from "./held.ts";

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
  labels: SnapshotLabels,
): Promise<Snapshot> {
  await requireDataDir(backend.dataDir);
  return await takeSnapshot(
    storeOf(context),
    labels,
    () => context.clock.now(),
    (target) => copyBackend(context, backend, target),
  );
}

/** Where the snapshots of the project are. */
export function storeOf({ launch }: Context): string {
  return snapshotsFolder(launch.projectRoot);
}

/** Puts the copy of a data directory in the place of another one, which is whole until then. */
export async function replaceData(
  { launch }: Context,
  dataDir: string,
  from: string,
): Promise<void> {
  const hasData = isThere(dataDir);
  const fill = async (fresh: string) => {
    const copy = await copyData(from, fresh);
    vouchFor(fresh);
    await copy.sync();
  };
  await makeFolderAtomically(dataDir, fill, {
    token: launch.token,
    clear: async () => hasData ? await eraseDataDir(dataDir) : undefined,
  });
}
