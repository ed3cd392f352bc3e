/** One process at a time. */

/**
 * Runs `work` while holding an advisory lock on a file beside `path`, which the system releases when
 * the process dies. Where the folder cannot be written, nothing can be lost either: no lock.
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

async function openLock(path: string): Promise<Deno.FsFile | undefined> {
  try {
    return await Deno.open(path, { write: true, create: true, mode: 0o600 });
  } catch {
    return undefined;
  }
}
