/** Backups of the local backend: snapshots of all of its data. */
import type { Context } from "../../cli/context.ts";
import { ownDataDir, type Project } from "../../config/project.ts";
import { openLocalBackend } from "../local/backend_process.ts";
import {
  listSnapshots,
  nameSnapshot,
  removeSnapshot,
  type Snapshot,
  takeSnapshot,
} from "../local/copies/snapshots.ts";
import { restoreSnapshot } from "../local/copies/restore_snapshot.ts";
import { timeName } from "../local/copies/copy_name.ts";
import type { Backup, Keeper } from "./backup.ts";

/** The snapshots of the linked local backend. */
export function backupsOnThisMachine(context: Context, project: Project): Keeper {
  const backend = openLocalBackend(context, ownDataDir(context.launch.projectRoot, project));
  return {
    isWhole: true,
    list: async () => (await listSnapshots(context)).map(backupOf),
    async create(name) {
      const taken = await takeSnapshot(context, backend, timeName(context), name);
      return backupOf(taken);
    },
    rename: (id, name) => nameSnapshot(context, id, name),
    remove: (id) => removeSnapshot(context, id),
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
