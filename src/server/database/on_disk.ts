/**
 * What of a database's files is on the disk, so that a power failure takes nothing away. PostgreSQL
 * sees to its own writes;
 * this is about the thousand files that a new database starts with, and about syncing none of them
 * twice.
 */
import { dirname } from "@std/path";
import { markIn, markOnDisk } from "../../files/on_disk_mark.ts";
import { syncTogether } from "../../files/sync_together.ts";

/**
 * The time until which everything is on the disk: 0 for a new database, in which nothing has been
 * acknowledged yet,
 * undefined where nobody knows.
 */
export function onDiskUntil(directory: string): number | undefined {
  try {
    const text = Deno.readTextFileSync(markIn(directory));
    return /^\d+$/.test(text) ? Number(text) : undefined;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/** Says of a database that is being made that nothing has been acknowledged. */
export function markNew(directory: string): void {
  Deno.writeTextFileSync(markIn(directory), "0", { mode: 0o600 });
  using file = Deno.openSync(markIn(directory), { read: true, write: true });
  file.syncSync();
}

/**
 * Puts every file and folder of a database on the disk that is new, or whose mark is missing.
 * @returns the time of which this is true now
 */
export async function syncAll(directory: string): Promise<number> {
  const start = Date.now();
  const files: string[] = [];
  const folders = [dirname(directory), directory];
  for (const { path, isDirectory } of entriesBelow(directory)) {
    (isDirectory ? folders : files).push(path);
  }
  await syncTogether(files, folders);
  markOnDisk(directory, start);
  return start;
}

function* entriesBelow(folder: string): Generator<{ path: string; isDirectory: boolean }> {
  for (const { name, isDirectory } of Deno.readDirSync(folder)) {
    const path = `${folder}/${name}`;
    yield { path, isDirectory };
    if (isDirectory) yield* entriesBelow(path);
  }
}
