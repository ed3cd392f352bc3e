/** What came with a repository: git's index says so. */
import { basename, dirname, join, relative, SEPARATOR } from "@std/path";

/** Whether git's index of the repository that a file is in knows the file. */
export function isTracked(path: string): boolean {
  const found = indexAbove(dirname(path));
  return found !== undefined && holds(found.index, nameIn(found.root, path));
}

/** Whether that index knows a file, in a folder or below it, whose last parts are `ending`. */
export function isTrackedBelow(folder: string, ending: string): boolean {
  const found = indexAbove(folder);
  return found !== undefined && holds(found.index, `/${ending}`, `${nameIn(found.root, folder)}/`);
}

/** The index of the repository that a folder is in. */
function indexAbove(folder: string): { index: Uint8Array; root: string } | undefined {
  for (let root = folder;; root = dirname(root)) {
    const index = indexOf(join(root, ".git"));
    if (index) return { index, root };
    if (dirname(root) === root) return undefined;
  }
}

/** As git has it. */
function nameIn(root: string, path: string): string {
  return relative(root, path).replaceAll(SEPARATOR, "/");
}

/** The index behind a `.git`, which in a worktree is a file that names the folder. */
function indexOf(git: string): Uint8Array | undefined {
  try {
    return Deno.readFileSync(join(git, "index"));
  } catch {
    try {
      const [, folder] = /^gitdir: (.+)$/m.exec(Deno.readTextFileSync(git)) ?? [];
      return folder === undefined
        ? undefined
        : Deno.readFileSync(join(folder.startsWith("/") ? "" : dirname(git), folder, "index"));
    } catch {
      return undefined;
    }
  }
}

/**
 * Names end with NUL in the index. Its fourth version leaves out what a name has in common with
 * the one before it: there the last part says enough.
 */
function holds(index: Uint8Array, ending: string, folder = ""): boolean {
  const text = new TextDecoder("latin1").decode(index);
  if (new DataView(index.buffer, index.byteOffset).getUint32(4) > 3) {
    return text.includes(`${bytesOf(basename(ending))}\0`);
  }
  const last = `${bytesOf(ending)}\0`;
  for (let at = text.indexOf(last); at >= 0; at = text.indexOf(last, at + 1)) {
    // The slash between both is one.
    if (text.slice(text.lastIndexOf("\0", at) + 1, at + 1).includes(bytesOf(folder))) return true;
  }
  return false;
}

/** A name as the index reads here: its bytes in UTF-8, a character each. */
function bytesOf(name: string): string {
  return new TextDecoder("latin1").decode(new TextEncoder().encode(name));
}
