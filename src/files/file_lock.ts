/** Advisory locks: one process at a time. The system releases them when a process dies. */
import type { Timer } from "../core/timer.ts";

/** Milliseconds in which a lock is had that nobody holds. */
const GLANCE_MS = 200;

/**
 * Runs `work` while holding the lock of a file beside `path`. Where the folder cannot be written,
 * nothing can be lost either: no lock.
 */
export async function withFileLock<T>(path: string, work: () => Promise<T>): Promise<T> {
  const file = await openLock(`${path}.lock`);
  try {
    await file?.lock(true);
    return await work();
  } finally {
    file?.close();
  }
}

/**
 * Runs `work` while holding the lock of a file, which is made where it is not there.
 * @returns undefined when it is not free within the time
 */
export async function whileLocked<T>(
  path: string,
  milliseconds: number,
  work: () => Promise<T>,
): Promise<{ readonly result: T } | undefined> {
  const file = await Deno.open(path, { write: true, create: true, mode: 0o600 });
  if (!await lockWithin(file, milliseconds)) return undefined;
  try {
    return { result: await work() };
  } finally {
    file.close();
  }
}

/** Whether another process holds the lock of a file; nobody does where there is none. */
export async function isLocked(path: string): Promise<boolean> {
  let file: Deno.FsFile;
  try {
    file = await Deno.open(path);
  } catch {
    return false;
  }
  if (!await lockWithin(file, GLANCE_MS)) return true;
  file.close();
  return false;
}

/** Locks a file. One that is not free within the time is closed, and the answer is false. */
export async function lockWithin(file: Deno.FsFile, milliseconds: number): Promise<boolean> {
  let timer: Timer | undefined;
  const late = new Promise<false>((resolve) => timer = setTimeout(resolve, milliseconds, false));
  const locked = file.lock(true).then(() => true);
  const isLocked = await Promise.race([locked, late]).finally(() => clearTimeout(timer));
  // The wait cannot be called off: should it end one day, the lock is given back.
  if (!isLocked) locked.then(() => file.close());
  return isLocked;
}

async function openLock(path: string): Promise<Deno.FsFile | undefined> {
  try {
    return await Deno.open(path, { write: true, create: true, mode: 0o600 });
  } catch {
    return undefined;
  }
}
