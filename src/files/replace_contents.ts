/**
 * The contents of a folder, replaced by others: whatever ends that midway, the folder has the old
 * ones or says by a name in it that the new ones count, and whoever opens it next goes on from
 * there. The folder itself stays, with its lock and whatever else is kept in it.
 */
import { join } from "@std/path";
import { freshPath, syncFolder } from "./atomic.ts";
import { makePrivateFolder, moveFolder } from "./folders.ts";
import { isThere } from "./real_path.ts";

/** Folders that are in the folder meanwhile. */
export const REPLACING = {
  /** The new contents, whole and on the disk: from here on they count. */
  whole: "restoring",
  /** Those of them that have not taken their places yet, from which the old ones have gone. */
  moving: "restored",
  /** The old contents, until somebody says that they are not needed. */
  old: "replaced",
} as const;

/** Whether a name in the folder stays with it. */
type IsKept = (name: string) => boolean;

/** Whether contents of a folder are on their way, and it cannot be used before they are there. */
export function isReplacing(folder: string): boolean {
  return [REPLACING.whole, REPLACING.moving].some((name) => isThere(join(folder, name)));
}

/** Where new contents are made, before anything counts; nobody misses them. */
export function newContentsIn(folder: string): string {
  return freshPath(join(folder, REPLACING.whole));
}

/**
 * Puts new contents in the place of what is there, which {@link takeBack} brings back until
 * {@link dropReplaced}, as it has to be called before, too.
 * @param contents a folder as {@link newContentsIn} names it; its files are on the disk
 */
export async function replaceContents(
  folder: string,
  contents: string,
  isKept: IsKept,
): Promise<void> {
  await moveFolder(contents, join(folder, REPLACING.whole));
  await finishReplacing(folder, isKept);
}

/** Puts the old contents back, if others have taken their place. */
export async function takeBack(folder: string, isKept: IsKept): Promise<void> {
  if (!isThere(join(folder, REPLACING.old))) return;
  await moveFolder(join(folder, REPLACING.old), join(folder, REPLACING.whole));
  await finishReplacing(folder, isKept);
}

/** Goes on with what was begun, if anything was. @param isKept as at the beginning */
export async function finishReplacing(folder: string, isKept: IsKept): Promise<void> {
  const [whole, moving, old] = [REPLACING.whole, REPLACING.moving, REPLACING.old]
    .map((name) => join(folder, name)) as [string, string, string];
  if (isThere(whole)) {
    await makePrivateFolder(old);
    await moveAll(folder, old, isKept);
    await syncFolder(old);
    await moveFolder(whole, moving);
  }
  if (!isThere(moving)) return;
  // What is kept has its place.
  await moveAll(moving, folder, (name) => isThere(join(folder, name)));
  await Deno.remove(moving, { recursive: true });
  await syncFolder(folder);
}

/** Removes the old contents, where there are any. */
export async function dropReplaced(folder: string): Promise<void> {
  const old = join(folder, REPLACING.old);
  if (isThere(old)) await Deno.remove(old, { recursive: true });
}

async function moveAll(from: string, to: string, isLeft: IsKept): Promise<void> {
  for (const { name } of Array.from(Deno.readDirSync(from))) {
    if (!isLeft(name)) await Deno.rename(join(from, name), join(to, name));
  }
  await syncFolder(to);
}
