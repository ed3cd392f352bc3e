/**
 * What of a database's files is on the disk, so that a power failure takes nothing away. PostgreSQL
 * sees to its own writes;
 * this is about the thousand files that a new database starts with, and about syncing none of them
 * twice.
 */
import { dirname } from "@std/path";
import { syncFolder } from "../../files/atomic.ts";

/**
 * Holds the time, in milliseconds, until which all that was written to a database's folder is on
 * the disk.
 */
const MARK = "on_disk";
/** Files synced at once: the file system writes its journal once for all of them. */
const TOGETHER = 16;

/**
 * The time until which everything is on the disk: 0 for a new database, in which nothing has been
 * acknowledged yet,
 * undefined where nobody knows.
 */
export function onDiskUntil(directory: string): number | undefined {
  try {
    const text = Deno.readTextFileSync(`${directory}/${MARK}`);
    return /^\d+$/.test(text) ? Number(text) : undefined;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/** Says of a database that is being made that nothing has been acknowledged. */
export function markNew(directory: string): void {
  Deno.writeTextFileSync(`${directory}/${MARK}`, "0", { mode: 0o600 });
  using file = Deno.openSync(`${directory}/${MARK}`, { read: true, write: true });
  file.syncSync();
}

/**
 * Says what is on the disk. The mark itself need not be: an earlier one is true as well, and none
 * means more work.
 * @param time when what is there had been written
 */
export function markOnDisk(directory: string, time: number): void {
  try {
    Deno.writeTextFileSync(`${directory}/${MARK}`, String(time), { mode: 0o600 });
  } catch {
    // A full disk.
  }
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
  await Promise.all(Array.from({ length: TOGETHER }, async () => {
    for (let path = files.pop(); path !== undefined; path = files.pop()) await syncFile(path);
  }));
  for (const folder of folders) await syncFolder(folder);
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

/** Nothing when PostgreSQL has removed it meanwhile. */
async function syncFile(path: string): Promise<void> {
  try {
    // Windows syncs only what is open for writing.
    using file = await Deno.open(path, { read: true, write: Deno.build.os === "windows" });
    await file.sync();
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
