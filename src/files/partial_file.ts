/** Files that are made beside their name and take it when they are whole. */
import { FileError } from "../core/errors.ts";
import { isPipeOrDevice } from "./file_kind.ts";
import { lockWithin } from "./file_lock.ts";
import { partialPath } from "./temporary_paths.ts";

/** Milliseconds that an earlier run may take to end. */
const PATIENCE_MS = 300;

/**
 * Opens the file in which a target is made, as an earlier run left it, for this process alone.
 * @throws {FileError} while another process makes the same target; what the system says otherwise
 */
export async function openPartial(target: string): Promise<Deno.FsFile> {
  const path = partialPath(target);
  const file = await Deno.open(path, { write: true, create: true });
  // Not every file system has locks.
  const isLocked = await lockWithin(file, PATIENCE_MS).catch(() => true);
  // What was waited for may have its final name by now.
  if (isLocked && await isThere(path)) return file;
  if (isLocked) file.close();
  throw new FileError(`Another process is writing ${target}.`, {
    hint: "Wait until it has ended, or name another file.",
  });
}

/** Whether a target takes what is written to it itself. */
export async function isWrittenDirectly(target: string): Promise<boolean> {
  const found = await Deno.stat(target).catch(() => undefined);
  return found !== undefined && isPipeOrDevice(found);
}

async function isThere(path: string): Promise<boolean> {
  return await Deno.lstat(path).then(() => true, () => false);
}
