/** Brings snapshots back. */
import type { Context } from "../../../cli/context.ts";
import type { LocalBackendControl } from "../backend_process.ts";
import { requireDataDir } from "../../../shared/copies/data_dir.ts";
import { linkLocal } from "../link_directory.ts";
import { snapshotData } from "../../../shared/copies/snapshots.ts";
import { restoreBackend, storeOf } from "./copy_backend.ts";
import { isThere } from "../../../files/real_path.ts";

/**
 * Puts a snapshot in the place of the data, and starts the server again if it ran.
 * @returns whether it did
 * @throws {NotFoundError}
 */
export async function restoreSnapshot(
  context: Context,
  backend: LocalBackendControl,
  name: string,
): Promise<boolean> {
  const snapshot = await snapshotData(storeOf(context), name);
  await requireReplaceable(backend);
  const running = await restoreBackend(backend, snapshot);
  if (!running) return false;
  const { url } = running;
  await linkLocal(context, { url, apiKey: await backend.apiKey(), dataDir: backend.dataDir });
  return true;
}

/** @throws {FileError} for a folder that is not a local backend's */
export async function requireReplaceable({ dataDir }: LocalBackendControl): Promise<void> {
  if (isThere(dataDir)) await requireDataDir(dataDir);
}
