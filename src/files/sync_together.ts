import { forEachParallel } from "../core/parallel.ts";
import { syncFolder } from "./atomic.ts";

/** Files synced at once: the file system writes its journal once for all of them. */
const WIDTH = 16;

/** Waits until files and folders outlive a power failure. Files that have gone are passed over. */
export async function syncTogether(
  files: readonly string[],
  folders: readonly string[],
): Promise<void> {
  await forEachParallel(files, WIDTH, syncFile);
  for (const folder of folders) await syncFolder(folder);
}

async function syncFile(path: string): Promise<void> {
  try {
    // Windows syncs only what is open for writing.
    using file = await Deno.open(path, { read: true, write: Deno.build.os === "windows" });
    await file.sync();
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
