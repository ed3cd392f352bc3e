/** Backups of the local backend: snapshots of all of its data. */
import type { Context } from "../../cli/context.ts";
import { ownDataDir, type Project } from "../../config/project.ts";
import { isOnServer } from "../../shared/contract/state.ts";
import { backupOf } from "../../shared/copies/backup_of.ts";
import { timeName } from "../../shared/copies/copy_name.ts";
import { listSnapshots, nameSnapshot, removeSnapshot } from "../../shared/copies/snapshots.ts";
import { openLocalBackend } from "../local/backend_process.ts";
import { snapshotBackend, storeOf } from "../local/copies/copy_backend.ts";
import { restoreSnapshot } from "../local/copies/restore_snapshot.ts";
import type { Keeper } from "./backup.ts";
import { backupsOfBackend } from "./of_backend.ts";

/** The snapshots of the linked local backend. */
export async function backupsOnThisMachine(context: Context, project: Project): Promise<Keeper> {
  const backend = openLocalBackend(context, ownDataDir(context.launch.projectRoot, project));
  // A PostgreSQL server that runs writes to its files whoever waits: its backend has it copied.
  if (isOnServer(backend.dataDir) && await backend.find()) {
    return { ...backupsOfBackend(await context.backend()), isWhole: true };
  }
  const store = storeOf(context);
  return {
    isWhole: true,
    list: async () => (await listSnapshots(store)).map(backupOf),
    async create(title) {
      const name = timeName(context.clock.now());
      return backupOf(await snapshotBackend(context, backend, { name, title }));
    },
    async rename(id, name) {
      await nameSnapshot(store, id, name);
    },
    remove: (id) => removeSnapshot(store, id),
    async restore(id) {
      await restoreSnapshot(context, backend, id);
    },
  };
}
