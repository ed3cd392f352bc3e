/** Copies of whole folders, as cheap as the file system makes them. */
import { isThere } from "./real_path.ts";

/** Files copied at once. More would wait, busily, for each other's names in the same folder. */
const TOGETHER = 4;

export interface CopySettings {
  /** Paths below the folder, with slashes, that are left out. */
  readonly isLeft: (path: string) => boolean;
  /** Files that never change once they are there: both folders may have the same one. */
  readonly isImmutable: (path: string) => boolean;
}

/**
 * Copies a folder's files into a new one. The system shares their blocks where the file system can,
 * as APFS, Btrfs and XFS do; immutable files are linked. A file that goes away meanwhile is left
 * out.
 * @returns how many bytes the files have
 */
export async function copyFolder(
  from: string,
  to: string,
  settings: CopySettings,
): Promise<number> {
  const files: string[] = [];
  await Deno.mkdir(to, { mode: 0o700 });
  for await (const { path, isFolder } of entriesBelow(from, settings.isLeft)) {
    if (isFolder) await Deno.mkdir(`${to}/${path}`, { mode: 0o700 });
    else files.push(path);
  }
  let bytes = 0;
  await Promise.all(Array.from({ length: TOGETHER }, async () => {
    for (let path = files.pop(); path !== undefined; path = files.pop()) {
      bytes += await copyFile(`${from}/${path}`, `${to}/${path}`, settings.isImmutable(path));
    }
  }));
  return bytes;
}

async function copyFile(from: string, to: string, isImmutable: boolean): Promise<number> {
  try {
    if (!isImmutable || !await link(from, to)) await Deno.copyFile(from, to);
    return (await Deno.lstat(to)).size;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound && !isThere(from)) return 0;
    throw error;
  }
}

/** False where the file system has no hard links, or the folders are not on the same one. */
async function link(from: string, to: string): Promise<boolean> {
  try {
    await Deno.link(from, to);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) throw error;
    return false;
  }
}

/**
 * Folders come before what is in them. Links are passed over: nothing that is copied here has any.
 */
async function* entriesBelow(
  root: string,
  isLeft: (path: string) => boolean,
  folder = "",
): AsyncGenerator<{ path: string; isFolder: boolean }> {
  for await (const { name, isDirectory, isFile } of Deno.readDir(`${root}/${folder}`)) {
    const path = folder ? `${folder}/${name}` : name;
    if (isLeft(path) || !(isDirectory || isFile)) continue;
    yield { path, isFolder: isDirectory };
    if (isDirectory) yield* entriesBelow(root, isLeft, path);
  }
}
