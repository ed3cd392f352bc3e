/** Files that are made beside their name and take it when they are whole. */
import { FileError } from "../core/errors.ts";
import { isPipeOrDevice } from "./file_kind.ts";
import { lockWithin } from "./file_lock.ts";
import { partialPath } from "./temporary_paths.ts";

/** Milliseconds that an earlier run may take to end. */
const PATIENCE_MS = 300;

/**
 * Opens the file in which a target is made, as an earlier run left it, for this process alone. Its
 * name can be foreseen: a link that somebody put there is removed, not followed.
 * @throws {FileError} while another process makes the same target; what the system says otherwise
 */
export async function openPartial(target: string): Promise<Deno.FsFile> {
  const path = partialPath(target);
  const file = await openOwn(path);
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

/** Opens a plain file that has no other name, or makes one in the place of anything else. */
async function openOwn(path: string): Promise<Deno.FsFile> {
  const found = await Deno.lstat(path).catch(() => undefined);
  if (found && !isPlain(found)) await Deno.remove(path);
  if (!found || !isPlain(found)) {
    return await Deno.open(path, { write: true, createNew: true }).catch((error) => {
      if (error instanceof Deno.errors.AlreadyExists) return openOwn(path);
      throw error;
    });
  }
  const file = await Deno.open(path, { write: true });
  const { dev, ino } = await file.stat();
  if (dev === found.dev && ino === found.ino) return file;
  file.close();
  return await openOwn(path);
}

/** The size of a plain file that was left under a partial name; 0 where there is none. */
export async function partialSize(path: string): Promise<number> {
  const found = await Deno.lstat(path).catch(() => undefined);
  return found && isPlain(found) ? found.size : 0;
}

/** On a system that counts no names, every file has one. */
function isPlain({ isFile, nlink }: Deno.FileInfo): boolean {
  return isFile && (nlink ?? 1) <= 1;
}

async function isThere(path: string): Promise<boolean> {
  return await Deno.lstat(path).then(() => true, () => false);
}
