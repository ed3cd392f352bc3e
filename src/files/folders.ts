/** Folders as commands make and remove them. */
import { dirname } from "@std/path";
import { syncFolder } from "./atomic.ts";

/** Makes a folder, and those above it, as the user's own settings have it. */
export async function makeFolder(path: string): Promise<void> {
  await Deno.mkdir(path, { recursive: true });
}

/** Makes a folder, and those above it, into which its owner alone may look. */
export async function makePrivateFolder(path: string): Promise<void> {
  await Deno.mkdir(path, { recursive: true, mode: 0o700 });
}

/** Makes a folder of its own for its owner. @throws {Deno.errors.AlreadyExists} */
export async function makeFreshFolder(path: string): Promise<void> {
  await Deno.mkdir(path, { mode: 0o700 });
}

/** {@link makePrivateFolder} for the launcher, which waits for nothing. */
export function makePrivateFolderSync(path: string): void {
  Deno.mkdirSync(path, { recursive: true, mode: 0o700 });
}

/** Removes a folder with all that is in it; whose it is has been looked at. */
export async function removeFolder(path: string): Promise<void> {
  await Deno.remove(path, { recursive: true });
}

/** Removes a folder that has nothing in it; one that has something stays. */
export async function removeEmptyFolder(path: string): Promise<void> {
  await Deno.remove(path).catch(() => {});
}

/** Gives a folder another name on the same disk, which is to stay. */
export async function moveFolder(from: string, to: string): Promise<void> {
  await Deno.rename(from, to);
  await syncFolder(dirname(to));
}
