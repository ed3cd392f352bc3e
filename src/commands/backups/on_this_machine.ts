/** Backups of the local backend: snapshots of all of its data. */
import type { Context } from "../../cli/context.ts";
import { ownDataDir, type Project } from "../../config/project.ts";
import { timeName } from "../../shared/copies/copy_name.ts";
import {
  listSnapshots,
  nameSnapshot,
  removeSnapshot,
  type Snapshot,
} from "../../shared/copies/snapshots.ts";
import { openLocalBackend } from "../local/backend_process.ts";
import { snapshotBackend, storeOf } from "../local/copies/copy_backend.ts";
import { restoreSnapshot } from "../local/copies/restore_snapshot.ts";
import type { Backup, Keeper } from "./backup.ts";

/** The snapshots of the linked local backend. */
export function backupsOnThisMachine(context: Context, project: Project): Keeper {
  const backend = openLocalBackend(context, ownDataDir(context.launch.projectRoot, project));
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

function backupOf({ name, title, createdAt, bytes }: Snapshot): Backup {
  return {
    id: name,
    name: title ?? null,
    triggerSource: "manual",
    status: "completed",
    sizeBytes: bytes,
    errorMessage: null,
    createdAt,
  };
}
