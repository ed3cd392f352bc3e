/** What people see of backups, and how they name them. */
import type { Context } from "../../cli/context.ts";
import { NotFoundError, UsageError } from "../../core/errors.ts";
import { formatBytes } from "../../terminal/bytes.ts";
import { formatDate } from "../../terminal/dates.ts";
import { facts, type View } from "../../terminal/view.ts";
import type { Backup, Keeper } from "./backup.ts";

/** Newest first. */
export function byAge(backups: readonly Backup[]): Backup[] {
  return backups.toSorted((a, b) => a.createdAt < b.createdAt ? 1 : -1);
}

/** One backup as labelled lines. */
export function backupFacts(backup: Backup, { terminal }: Context): View {
  return facts([
    ["ID", backup.id],
    ["Name", backup.name ?? undefined],
    ["Status", backup.status],
    ["Size", sizeOf(backup)],
    ["Created", formatDate(backup.createdAt, terminal)],
    ["Error", backup.errorMessage ?? undefined],
  ]);
}

/** The size, where it is known. */
export function sizeOf({ sizeBytes }: Backup): string {
  return sizeBytes === null ? "" : formatBytes(sizeBytes);
}

/** A name as the platform takes it. @throws {UsageError} */
export function backupName(name: string): string {
  if (name.length <= 64) return name;
  throw new UsageError("The name of a backup has at most 64 characters.");
}

/** The backup of an id. @throws {NotFoundError} */
export async function findBackup(keeper: Keeper, id: string): Promise<Backup> {
  const found = (await keeper.list()).find((backup) => backup.id === id);
  if (found) return found;
  throw new NotFoundError(`There is no backup ${id}.`, {
    hint: "See what there is with: insforge backups list",
  });
}
