/** Copies of whole folders, as cheap as the file system makes them. */
import { forEachParallel } from "../core/parallel.ts";
import { isOfPack, packedFiles, PackWriter } from "./pack.ts";
import { isThere } from "./real_path.ts";
import { syncTogether } from "./sync_together.ts";

/** Files of more bytes than this are copied beside each other, the rest in one call each. */
const LARGE_BYTES = 1024 ** 2;
/** Large files copied at once. */
const WIDTH = 4;
/** For so many milliseconds at most nothing else is heard, such as Ctrl-C. */
const DEAF_MS = 50;

export interface CopySettings {
  /** Paths below the folder, with slashes, that are left out. */
  readonly isLeft: (path: string) => boolean;
  /** Files that never change once they are there: both folders may have the same one. */
  readonly isImmutable: (path: string) => boolean;
  /** Which of the other files, unless they are large, go into a pack; none unless given. */
  readonly isPacked?: (path: string) => boolean;
}

/** A copy that the system may not have put on the disk yet. */
export interface CopiedFolder {
  /** Of all files, the shared ones too. */
  readonly bytes: number;
  /** Waits until the copy outlives a power failure. */
  sync(): Promise<void>;
}

/**
 * Copies a folder's files into a new one. The system shares their blocks where the file system can,
 * as APFS, Btrfs and XFS do; immutable files are linked. Those of a pack become files again. A file
 * that goes away meanwhile is left out.
 */
export async function copyFolder(
  from: string,
  to: string,
  { isLeft, isImmutable, isPacked }: CopySettings,
): Promise<CopiedFolder> {
  const folders = [to];
  const files: string[] = [];
  const large: string[] = [];
  let bytes = 0;
  let heardAt = performance.now();
  Deno.mkdirSync(to, { mode: 0o700 });
  using pack = isPacked && new PackWriter(to);
  for (const { path, isFolder } of entriesBelow(from, isLeft)) {
    if (performance.now() - heardAt > DEAF_MS) {
      await new Promise((resolve) => setTimeout(resolve));
      heardAt = performance.now();
    }
    const [source, target] = [`${from}/${path}`, `${to}/${path}`];
    if (isFolder) {
      Deno.mkdirSync(target, { mode: 0o700 });
      folders.push(target);
      continue;
    }
    await unlessGone(source, () => {
      const { size } = Deno.lstatSync(source);
      bytes += size;
      if (isImmutable(path) && link(source, target)) return;
      if (size > LARGE_BYTES) return void large.push(path);
      if (isPacked?.(path)) return pack!.add(path, Deno.readFileSync(source));
      // A change of threads costs more than the copying.
      Deno.copyFileSync(source, target);
      // One without content is there with its folder, as are a quarter of a new database's.
      if (size > 0) files.push(target);
    });
  }
  for (const { path, bytes: content } of packedFiles(from)) {
    Deno.writeFileSync(`${to}/${path}`, content, { createNew: true, mode: 0o600 });
    if (content.length > 0) files.push(`${to}/${path}`);
    bytes += content.length;
  }
  if (pack) files.push(...pack.finish());
  await forEachParallel(large, WIDTH, async (path) => {
    const [source, target] = [`${from}/${path}`, `${to}/${path}`];
    await unlessGone(source, () => Deno.copyFile(source, target));
    files.push(target);
  });
  return { bytes, sync: () => syncTogether(files, folders) };
}

async function unlessGone(path: string, copy: () => Promise<void> | void): Promise<void> {
  try {
    await copy();
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound) || isThere(path)) throw error;
  }
}

/** False where the file system has no hard links, or the folders are not on the same one. */
function link(from: string, to: string): boolean {
  try {
    Deno.linkSync(from, to);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) throw error;
    return false;
  }
}

/**
 * Folders come before what is in them. Links are passed over: nothing that is copied here has any.
 */
function* entriesBelow(
  root: string,
  isLeft: (path: string) => boolean,
  folder = "",
): Generator<{ path: string; isFolder: boolean }> {
  for (const { name, isDirectory, isFile } of Deno.readDirSync(`${root}/${folder}`)) {
    const path = folder ? `${folder}/${name}` : name;
    if (isOfPack(path) || isLeft(path) || !(isDirectory || isFile)) continue;
    yield { path, isFolder: isDirectory };
    if (isDirectory) yield* entriesBelow(root, isLeft, path);
  }
}
