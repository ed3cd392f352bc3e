/**
 * Where paths really are. `git clone` keeps symbolic links, and the sandbox follows them inside of
 * what it grants: this module decides whether one leads out of the folder that it is in.
 */
import { basename, dirname, join, relative, SEPARATOR } from "@std/path";
import { FileError } from "../core/errors.ts";
import { privateNameIn } from "./private_names.ts";

/** Whether a path is a folder itself or lies below it; both real. */
export function isWithin(folder: string, path: string): boolean {
  const below = folder.endsWith(SEPARATOR) ? folder : folder + SEPARATOR;
  return path === folder || path.startsWith(below);
}

/**
 * The real path of what is there, or of what would be made under this name.
 * @throws {FileError} for a link that leads nowhere or in a circle: what is written to it would
 * come to be wherever it points
 */
export function realPlace(path: string): string {
  try {
    return Deno.realPathSync(path);
  } catch (error) {
    if (isLink(path)) throw new FileError(`${path} is a link that leads nowhere.`);
    if (!(error instanceof Deno.errors.NotFound) || dirname(path) === path) return path;
    return join(realPlace(dirname(path)), basename(path));
  }
}

/**
 * The real path of `path`, which has to lie in a folder.
 * @param folder a real path, as is the beginning of `path`
 * @throws {FileError} for a link that leads out of the folder, or in it to what is private
 */
export function placeWithin(folder: string, path: string): string {
  const place = realPlace(path);
  if (!isWithin(folder, place)) throw leadsOut(path, place, folder);
  if (place === path) return place;
  const name = privateNameIn(relative(folder, place));
  if (name && privateNameIn(relative(folder, path)) !== name) throw leadsTo(path, place);
  return place;
}

/** The error of a link that leads out of a folder. */
export function leadsOut(path: string, place: string, folder: string): FileError {
  return new FileError(`${path} is a link that leads out of ${folder}, to ${place}.`, {
    hint: `A link of a repository is not followed there: name ${place} itself if you mean it.`,
  });
}

/** The error of a link that leads to what is private. */
export function leadsTo(path: string, place: string): FileError {
  return new FileError(`${path} is a link that leads to ${place}, which is private.`, {
    hint: "A link of a repository is not followed there: name the file itself if you mean it.",
  });
}

/** What is neither a plain file nor a folder. */
interface Odd {
  readonly path: string;
  /** In words that follow its path. */
  readonly is: string;
}

/**
 * The first link, pipe, socket or device of a folder, itself and all that is below it, or `levels`
 * of that; undefined where there is none.
 */
export function findOdd(folder: string, levels = Infinity): Odd | undefined {
  if (isLink(folder)) return { path: folder, is: "a link" };
  for (const { path, isSymlink, isFile, isDirectory } of entriesBelow(folder, levels)) {
    if (isSymlink) return { path, is: "a link" };
    if (!isFile && !isDirectory) return { path, is: "a pipe, a socket or a device" };
  }
  return undefined;
}

/**
 * The first file of a folder, however far below, that has a name elsewhere as well: what is written
 * to it changes that one. A system that counts no names tells none.
 * @param isShared whether a path from the folder may have several
 */
export function findHardLink(
  folder: string,
  isShared: (path: string) => boolean,
): string | undefined {
  for (const { path, isFile } of entriesBelow(folder)) {
    if (!isFile || isShared(relative(folder, path).replaceAll(SEPARATOR, "/"))) continue;
    if (linksTo(path) > 1) return path;
  }
  return undefined;
}

/** How many names a file has; none where it has gone since it was listed, as PostgreSQL's do. */
function linksTo(path: string): number {
  try {
    return Deno.lstatSync(path).nlink ?? 1;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return 0;
    throw error;
  }
}

function* entriesBelow(
  folder: string,
  levels = Infinity,
): Generator<Omit<Deno.DirEntry, "name"> & { path: string }> {
  if (levels === 0) return;
  for (const { name, ...kind } of entriesOf(folder)) {
    const path = join(folder, name);
    yield { path, ...kind };
    if (kind.isDirectory) yield* entriesBelow(path, levels - 1);
  }
}

/**
 * Makes sure that a folder and everything in it, down to `levels` below it, are plain files and
 * folders. One that is not there is fine.
 * @throws {FileError} that names what is a link, a pipe, a socket or a device
 */
export function requirePlain(folder: string, levels = 1): void {
  const odd = findOdd(folder, levels);
  if (odd === undefined) return;
  const { path, is } = odd;
  throw new FileError(`${path} is ${is}: nothing in ${folder} may be one. Nothing was done.`, {
    hint: "Look where it leads, and remove it: no command of insforge makes such things there.",
  });
}

/**
 * Makes sure that no link in a folder, however far below, leads out of it or to what is private:
 * for a folder that is handed to another program whole.
 * @param folder a real path
 * @throws {FileError} that names the link
 */
export function requireNoWayOut(folder: string): void {
  for (const { path, isSymlink } of entriesBelow(folder)) {
    if (isSymlink) placeWithin(folder, path);
  }
}

/** Whether something has this name, be it a link that leads nowhere. */
export function isThere(path: string): boolean {
  try {
    Deno.lstatSync(path);
    return true;
  } catch {
    return false;
  }
}

function entriesOf(folder: string): Deno.DirEntry[] {
  try {
    return [...Deno.readDirSync(folder)];
  } catch {
    return [];
  }
}

function isLink(path: string): boolean {
  try {
    return Deno.lstatSync(path).isSymlink;
  } catch {
    return false;
  }
}
