/** Finds the files of a folder that are deployed. */
import { join, relative, SEPARATOR } from "@std/path";
import { isPrivateHardLink } from "../../../files/file_kind.ts";
import { isPostgresDir, privateNameIn } from "../../../files/private_names.ts";
import { undecodableNames } from "../../../files/undecodable_names.ts";
import { isDataDir } from "../../../shared/contract/state.ts";
import { isWithin } from "../../../files/real_path.ts";
import { reason } from "../../../files/reason.ts";
import { FileError } from "../../../core/errors.ts";
import { builtInExclusions, type Excludes, readExclusions } from "./exclusions.ts";
import { outputDirectoryOf } from "./site_config.ts";

/** A file that goes up. */
export interface SourceFile {
  /** Below the deployed folder, with forward slashes. */
  readonly path: string;
  /** Where it is on this machine. */
  readonly location: string;
  /** Bytes. */
  readonly size: number;
}

/** What a folder holds. */
export interface Selection {
  /** The folder of the site below this one, as `vercel.json` says; "" for this one itself. */
  readonly output: string;
  /** In the order of their paths' characters, whatever the system's own order is. */
  readonly files: readonly SourceFile[];
  /** Symbolic links that lead out of the folder, in a circle, to nothing or to what is left out. */
  readonly skippedLinks: readonly string[];
  /**
   * What holds keys or passwords, by its name, and was not named: files, and folders with a slash.
   */
  readonly privateFiles: readonly string[];
  /** What cannot be read because its name is no UTF-8, with U+FFFD in its place. */
  readonly undecodable: readonly string[];
}

/**
 * Walks a folder.
 * @param included paths below it that go up although their names say that they are private
 * @throws {FileError} when it, or anything in it, cannot be read
 */
export async function selectFiles(
  root: string,
  signal: AbortSignal,
  included: readonly string[] = [],
): Promise<Selection> {
  const realRoot = await readable(root, () => Deno.realPath(root));
  const output = await outputDirectoryOf(root);
  const isBuiltIn = builtInExclusions(output);
  const excludes = await readExclusions(root, isBuiltIn);
  const walk = new Walk({ root: realRoot, isBuiltIn, excludes, included, signal });
  await walk.folder(realRoot, "", [realRoot]);
  const undecodable = await undecodableNames(walk.folders);
  return {
    output,
    files: walk.files.sort((a, b) => a.path < b.path ? -1 : 1),
    skippedLinks: walk.skippedLinks.sort(),
    privateFiles: walk.privateFiles.sort(),
    undecodable: undecodable.map((path) => relative(realRoot, path).replaceAll(SEPARATOR, "/")),
  };
}

/** Whether a path, or a folder that it is in, was named to go up. */
export function isIncluded(path: string, included: readonly string[]): boolean {
  return included.some((name) => path === name || path.startsWith(`${name}/`));
}

interface WalkSettings {
  /** The real path of the folder. */
  readonly root: string;
  readonly isBuiltIn: (path: string) => boolean;
  readonly excludes: Excludes;
  readonly included: readonly string[];
  readonly signal: AbortSignal;
}

class Walk {
  readonly files: SourceFile[] = [];
  readonly folders: string[] = [];
  readonly skippedLinks: string[] = [];
  readonly privateFiles: string[] = [];
  readonly #settings: WalkSettings;

  constructor(settings: WalkSettings) {
    this.#settings = settings;
  }

  /** @param chain the real folders above, which a link must not lead back to */
  async folder(location: string, path: string, chain: readonly string[]): Promise<void> {
    this.#settings.signal.throwIfAborted();
    const entries = await readable(location, () => Array.fromAsync(Deno.readDir(location)));
    const names = entries.map(({ name }) => name);
    const isData = isDataDir(names) || isPostgresDir(names);
    if (isData && !isIncluded(path, this.#settings.included)) {
      return void this.privateFiles.push(`${path}/`);
    }
    this.folders.push(location);
    for (const entry of entries) {
      const below = path === "" ? entry.name : `${path}/${entry.name}`;
      const place = join(location, entry.name);
      if (entry.isSymlink) await this.#link(place, below, chain);
      else await this.#visit(place, below, entry.isDirectory, chain);
    }
  }

  async #visit(
    location: string,
    path: string,
    isFolder: boolean,
    chain: readonly string[],
  ): Promise<void> {
    if (this.#settings.excludes(path, isFolder)) return;
    if (privateNameIn(path, isFolder) && !isIncluded(path, this.#settings.included)) {
      this.privateFiles.push(isFolder ? `${path}/` : path);
      return;
    }
    if (isFolder) return await this.folder(location, path, [...chain, location]);
    // Thousands, one after the other, which is quicker synchronously.
    const info = await readable(location, () => Deno.statSync(location));
    if (isPrivateHardLink(info) && !isIncluded(path, this.#settings.included)) {
      this.privateFiles.push(path);
    } else if (info.isFile) this.files.push({ path, location, size: info.size });
  }

  async #link(location: string, path: string, chain: readonly string[]): Promise<void> {
    if (this.#settings.excludes(path, false) || this.#settings.excludes(path, true)) return;
    const target = await this.#targetWithin(location);
    if (target === undefined || chain.includes(target)) {
      this.skippedLinks.push(path);
      return;
    }
    const { isDirectory } = await readable(location, () => Deno.stat(target));
    await this.#visit(target, path, isDirectory, chain);
  }

  /** Where a link leads, if that is in this folder and not left out of it. */
  async #targetWithin(location: string): Promise<string | undefined> {
    let target: string;
    try {
      target = await Deno.realPath(location);
    } catch {
      return undefined;
    }
    if (target === this.#settings.root || !isWithin(this.#settings.root, target)) return undefined;
    const path = relative(this.#settings.root, target).replaceAll(SEPARATOR, "/");
    const isLeftOut = this.#settings.isBuiltIn(path) ||
      (privateNameIn(path) !== undefined && !isIncluded(path, this.#settings.included));
    return isLeftOut ? undefined : target;
  }
}

async function readable<T>(location: string, read: () => T | Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    throw new FileError(`Cannot read ${location}: ${reason(error)}.`, { cause: error });
  }
}
