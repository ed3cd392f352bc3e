/** What came with a repository: git's index says so. */
import { dirname, join, relative, SEPARATOR } from "@std/path";

/** Whether git's index of the repository that a file is in knows the file. */
export function isTracked(path: string): boolean {
  const found = indexAbove(dirname(path));
  if (!found) return false;
  const name = nameIn(found.root, path);
  return namesIn(found.index).some((tracked) => folded(tracked) === name);
}

/**
 * The first of these paths that a file which the index knows ends with, in a folder or below it;
 * undefined where there is none.
 */
export function trackedBelow(folder: string, endings: readonly string[]): string | undefined {
  const found = indexAbove(folder);
  if (!found) return undefined;
  const start = folder === found.root ? "" : `${nameIn(found.root, folder)}/`;
  const names = namesIn(found.index).map((name) => `/${folded(name)}`)
    .filter((name) => name.startsWith(`/${start}`));
  return endings.find((ending) => names.some((name) => name.endsWith(`/${folded(ending)}`)));
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
  return folded(relative(root, path).replaceAll(SEPARATOR, "/"));
}

/** Where systems take one spelling for the other, git's is that of whoever committed it. */
function folded(name: string): string {
  return name.normalize("NFC").toLowerCase();
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

/** The names that an index holds, whichever hash the repository uses (gitformat-index). */
function namesIn(index: Uint8Array): string[] {
  return readNames(index, 20) ?? readNames(index, 32) ?? [];
}

/** Bytes of an entry before the hash. */
const STAT_BYTES = 40;
const EXTENDED = 0x4000;
const NAME_LENGTH = 0x0fff;

function joined(start: Uint8Array, end: Uint8Array): Uint8Array {
  if (start.length === 0) return end;
  const whole = new Uint8Array(start.length + end.length);
  whole.set(start);
  whole.set(end, start.length);
  return whole;
}

/** @returns undefined where the entries are not of hashes of that many bytes */
function readNames(index: Uint8Array, hashBytes: number): string[] | undefined {
  const view = new DataView(index.buffer, index.byteOffset, index.byteLength);
  const decoder = new TextDecoder();
  const names: string[] = [];
  try {
    const version = view.getUint32(4);
    let before: Uint8Array = new Uint8Array();
    let at = 12;
    for (let left = view.getUint32(8); left > 0; left--) {
      const start = at;
      const flags = view.getUint16(at += STAT_BYTES + hashBytes);
      at += flags & EXTENDED ? 4 : 2;
      let kept = 0;
      // What a name of the fourth version has in common with the one before it is left out.
      if (version >= 4) {
        let byte = view.getUint8(at++);
        let cut = byte & 0x7f;
        while (byte & 0x80) {
          byte = view.getUint8(at++);
          cut = ((cut + 1) << 7) | (byte & 0x7f);
        }
        kept = before.length - cut;
      }
      const end = index.indexOf(0, at);
      const name = joined(before.subarray(0, kept), index.subarray(at, end));
      if (Math.min(name.length, NAME_LENGTH) !== (flags & NAME_LENGTH)) return undefined;
      names.push(decoder.decode(name));
      before = name;
      // Entries of the others are filled with one to eight zeros.
      at = version >= 4 ? end + 1 : start + 8 * (Math.floor((end - start) / 8) + 1);
    }
    return names;
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}
