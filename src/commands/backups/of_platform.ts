/** Backups that the platform keeps: the database and the objects. */
import type { HttpClient } from "../../client/http.ts";
import { path } from "../../client/address.ts";
import type { Backup, Keeper } from "./backup.ts";

interface PlatformBackup {
  readonly id: string;
  readonly name: string | null;
  readonly status: string;
  readonly trigger_source: string;
  readonly error_message: string | null;
  readonly created_at: string;
  readonly size_bytes: number | null;
}

/** The backups of a project. */
export function backupsOfPlatform(platform: HttpClient, projectId: string): Keeper {
  const base = `/projects/v1${path(projectId)}`;
  const list = async () => {
    const answer = await platform.json<{ backups?: PlatformBackup[] }>("GET", `${base}/backups`);
    return (answer?.backups ?? []).map(backupOf);
  };
  return {
    isWhole: true,
    list,
    async create(name) {
      const known = new Set((await list()).map(({ id }) => id));
      await platform.json("POST", `${base}/backup`, { json: name ? { name } : {} });
      const fresh = (await list()).find(({ id }) => !known.has(id));
      // It may be queued before it has an entry.
      return fresh ?? { ...QUEUED, name: name ?? null, createdAt: "" };
    },
    async rename(id, name) {
      await platform.json("PATCH", `${base}/backups${path(id)}`, { json: { name } });
    },
    async remove(id) {
      await platform.json("DELETE", `${base}/backups${path(id)}`);
    },
    async restore(id) {
      await platform.json("POST", `${base}/backups${path(id)}/restore`);
    },
  };
}

const QUEUED = {
  id: "",
  triggerSource: "manual",
  status: "running",
  sizeBytes: null,
  errorMessage: null,
} as const;

function backupOf(backup: PlatformBackup): Backup {
  return {
    id: backup.id,
    name: backup.name,
    triggerSource: backup.trigger_source,
    status: backup.status,
    sizeBytes: backup.size_bytes,
    errorMessage: backup.error_message,
    createdAt: backup.created_at,
  };
}
