/** Copies of the local backend of a command, and what is put in its place. */
import { makePrivateFolder } from "../../../files/folders.ts";
import type { Context } from "../../../cli/context.ts";
import { snapshotsFolder } from "../../../config/paths.ts";
import { copyData } from "../../../shared/copies/data_copy.ts";
import { requireDataDir } from "../../../shared/copies/data_dir.ts";
import { replaceData } from "../../../shared/copies/replace_data.ts";
import {
  type Snapshot,
  type SnapshotLabels,
  takeSnapshot,
} from "../../../shared/copies/snapshots.ts";
import type { LocalBackendControl } from "../backend_process.ts";
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
 * Puts the copy of a data directory in the place of another one, which no server uses, nor can
 * meanwhile. @throws {FileError} @throws {OperationError} when one starts or stops
 */
export async function replaceBackend(
  backend: LocalBackendControl,
  from: string,
): Promise<void> {
  await makePrivateFolder(backend.dataDir);
  await whileNoneStarts(backend, () => replaceData(backend.dataDir, from));
}
