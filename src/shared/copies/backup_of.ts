import type { DatabaseBackup } from "@insforge/shared-schemas";
import type { Snapshot } from "./snapshots.ts";

/** A snapshot in the words of a self-hosted backend (contract section 6.11). */
export function backupOf(
  { name, title, createdAt, completedAt, createdBy, bytes }: Snapshot,
): DatabaseBackup {
  return {
    id: name,
    name: title ?? null,
    triggerSource: "manual",
    status: "completed",
    sizeBytes: bytes,
    errorMessage: null,
    createdAt,
    completedAt: completedAt ?? createdAt,
    createdBy: createdBy ?? null,
  };
}
