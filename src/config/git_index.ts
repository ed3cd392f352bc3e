/**
 * What came with a repository: git's index says so. An index that cannot be read to its end counts
 * as one that knows everything.
 */
import { dirname, join, relative, resolve, SEPARATOR } from "@std/path";
import { isPipeOrDevice } from "../files/file_kind.ts";
import { isForeign, lookAt } from "./trust.ts";

/** Whether git's index of the repository that a file is in knows the file. */
export function isTracked(path: string): boolean {
  const found = indexAbove(dirname(path));
  if (!found) return false;
  const name = nameIn(found.root, path);
  return found.names?.some((tracked) => tracked === name || isAbove(tracked, name)) ?? true;
}

/**
 * The first of these paths that a file which the index knows ends with, or lies in, in a folder or
 * below it; undefined where there is none. A submodule in there may hold any of them.
 */
export function trackedBelow(folder: string, parts: readonly string[]): string | undefined {
  const found = indexAbove(folder);
  if (!found) return undefined;
  if (!found.names) return parts[0];
  const start = folder === found.root ? "" : `${nameIn(found.root, folder)}/`;
  const names = found.names.filter((name) => name.startsWith(start))
    .map((name) => `/${name.slice(start.length)}`);
  const isUnknown = (name: string) => name.endsWith("/");
  if (found.names.some((name) => isAbove(name, start)) || names.some(isUnknown)) return parts[0];
  return parts.find((part) => names.some((name) => `${name}/`.includes(`/${folded(part)}/`)));
}

/** Whether a tracked name is that of a folder, whose files are not in this index. */
function isAbove(tracked: string, name: string): boolean {
  return tracked.endsWith("/") && name.startsWith(tracked);
}

/** What the index of a repository holds. */
interface Index {
  /** The repository's folder. */
  readonly root: string;
  /** Folded; undefined where they cannot be read. */
  readonly names: readonly string[] | undefined;
}

/**
 * The index of the repository that a folder is in. Nothing came with one that belongs neither to
 * the caller nor to whoever has the folder: anybody may put a `.git` into a folder of everybody's.
 */
function indexAbove(folder: string): Index | undefined {
  const owner = lookAt(folder)?.uid;
  for (let root = folder;; root = dirname(root)) {
    const git = join(root, ".git");
    // One look says of most folders that there is nothing.
    const info = ifPresent(() => Deno.lstatSync(git));
    const isPlanted = info && isForeign(info) && info.uid !== owner;
    const index = info === undefined || isPlanted ? undefined : indexOf(git);
    if (index) return { root, names: index.names?.map(folded) };
    if (dirname(root) === root) return undefined;
  }
}

/** As git has it. */
function nameIn(root: string, path: string): string {
  return folded(relative(root, path).replaceAll(SEPARATOR, "/"));
}

/**
 * Where systems take one spelling for the other, git's is that of whoever committed it. A long s is
 * an s in capitals alone.
 */
function folded(name: string): string {
  return name.normalize("NFC").toUpperCase().toLowerCase();
}

/** The index behind a `.git`, which in a worktree is a file that names the folder. */
function indexOf(git: string): Pick<Index, "names"> | undefined {
  const folder = gitFolder(git);
  const index = readIfPresent(join(folder, "index"));
  if (index === undefined) return undefined;
  return { names: index ? namesIn(index, folder) : undefined };
}

function gitFolder(git: string): string {
  // A folder, or none, is read as nothing.
  const [, named] =
    /^gitdir: (.+)$/m.exec(new TextDecoder().decode(readIfPresent(git) ?? undefined)) ?? [];
  return named === undefined ? git : resolve(dirname(git), named);
}

/** @returns undefined where there is none, null for one that cannot be read */
function readIfPresent(path: string): Uint8Array | undefined | null {
  // Nobody may ever write into a pipe.
  return ifPresent(() => isPipeOrDevice(Deno.statSync(path)) ? null : Deno.readFileSync(path));
}

/** What a look finds; undefined where there is nothing, null where nothing can be seen. */
function ifPresent<T>(look: () => T): T | undefined | null {
  try {
    return look();
  } catch (error) {
    const isAbsent = error instanceof Deno.errors.NotFound ||
      error instanceof Deno.errors.NotADirectory;
    return isAbsent ? undefined : null;
  }
}

/**
 * The names that an index holds, whichever hash the repository uses (gitformat-index).
 * @param folder where the shared part of a split index lies
 */
function namesIn(index: Uint8Array, folder: string): string[] | undefined {
  for (const hashBytes of HASHES) {
    const own = readNames(index, hashBytes);
    if (!own) continue;
    if (!own.shared || /^0+$/.test(own.shared)) return own.names;
    const shared = readIfPresent(join(folder, `sharedindex.${own.shared}`));
    const rest = shared ? readNames(shared, hashBytes) : undefined;
    // What was removed of the shared part meanwhile counts as well.
    return rest && [...rest.names, ...own.names];
  }
  return undefined;
}

/** Bytes of the hashes that git knows. */
const HASHES = [20, 32];
/** Bytes of an entry before the hash. */
const STAT_BYTES = 40;
/** "DIRC". */
const SIGNATURE = 0x44495243;
/** "link". */
const SPLIT = 0x6c696e6b;
const EXTENDED = 0x4000;
/** Bytes of an entry before its mode; what kind of file that says, and the kind of a submodule. */
const MODE_OFFSET = 24;
const KIND = 0xf000;
const SUBMODULE = 0xe000;
const NAME_LENGTH = 0x0fff;

function joined(start: Uint8Array, end: Uint8Array): Uint8Array {
  if (start.length === 0) return end;
  const whole = new Uint8Array(start.length + end.length);
  whole.set(start);
  whole.set(end, start.length);
  return whole;
}

/** The names of the entries, and the hash of the shared part where the index is split. */
interface Names {
  readonly names: string[];
  readonly shared?: string;
}

/** @returns undefined where the entries are not of hashes of that many bytes */
function readNames(index: Uint8Array, hashBytes: number): Names | undefined {
  const view = new DataView(index.buffer, index.byteOffset, index.byteLength);
  const decoder = new TextDecoder();
  const names: string[] = [];
  try {
    if (view.getUint32(0) !== SIGNATURE) return undefined;
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
      const isSubmodule = (view.getUint32(start + MODE_OFFSET) & KIND) === SUBMODULE;
      names.push(decoder.decode(name) + (isSubmodule ? "/" : ""));
      before = name;
      // Entries of the others are filled with one to eight zeros.
      at = version >= 4 ? end + 1 : start + 8 * (Math.floor((end - start) / 8) + 1);
    }
    // Extensions follow, a name and a length each, and then the hash of it all.
    while (at < index.length - hashBytes) {
      const length = view.getUint32(at + 4);
      if (view.getUint32(at) === SPLIT) {
        return { names, shared: index.slice(at + 8, at + 8 + hashBytes).toHex() };
      }
      at += 8 + length;
    }
    return at === index.length - hashBytes ? { names } : undefined;
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}
