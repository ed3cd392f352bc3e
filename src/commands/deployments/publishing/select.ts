/** Finds the files of a folder that are deployed. */
import { join, relative, SEPARATOR } from "@std/path";
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
  /** In the order of their paths' characters, whatever the system's own order is. */
  readonly files: readonly SourceFile[];
  /** Symbolic links that lead out of the folder, in a circle, to nothing or to what is left out. */
  readonly skippedLinks: readonly string[];
}

/** Walks a folder. @throws {FileError} when it, or anything in it, cannot be read */
export async function selectFiles(root: string, signal: AbortSignal): Promise<Selection> {
  const realRoot = await readable(root, () => Deno.realPath(root));
  const isBuiltIn = builtInExclusions(await outputDirectoryOf(root));
  const walk = new Walk(realRoot, isBuiltIn, await readExclusions(root, isBuiltIn), signal);
  await walk.folder(realRoot, "", [realRoot]);
  return {
    files: walk.files.sort((a, b) => a.path < b.path ? -1 : 1),
    skippedLinks: walk.skippedLinks.sort(),
  };
}

class Walk {
  readonly files: SourceFile[] = [];
  readonly skippedLinks: string[] = [];

  constructor(
    private readonly root: string,
    private readonly isBuiltIn: (path: string) => boolean,
    private readonly excludes: Excludes,
    private readonly signal: AbortSignal,
  ) {}

  /** @param chain the real folders above, which a link must not lead back to */
  async folder(location: string, path: string, chain: readonly string[]): Promise<void> {
    this.signal.throwIfAborted();
    const entries = await readable(location, () => Array.fromAsync(Deno.readDir(location)));
    for (const entry of entries) {
      const below = path === "" ? entry.name : `${path}/${entry.name}`;
      const place = join(location, entry.name);
      if (entry.isSymlink) await this.link(place, below, chain);
      else await this.visit(place, below, entry.isDirectory, chain);
    }
  }

  private async visit(
    location: string,
    path: string,
    isFolder: boolean,
    chain: readonly string[],
  ): Promise<void> {
    if (this.excludes(path, isFolder)) return;
    if (isFolder) return await this.folder(location, path, [...chain, location]);
    const info = await readable(location, () => Deno.stat(location));
    if (info.isFile) this.files.push({ path, location, size: info.size });
  }

  private async link(location: string, path: string, chain: readonly string[]): Promise<void> {
    if (this.excludes(path, false) || this.excludes(path, true)) return;
    const target = await this.targetWithin(location);
    if (target === undefined || chain.includes(target)) {
      this.skippedLinks.push(path);
      return;
    }
    const { isDirectory } = await readable(location, () => Deno.stat(target));
    await this.visit(target, path, isDirectory, chain);
  }

  /** Where a link leads, if that is in this folder and not left out of it. */
  private async targetWithin(location: string): Promise<string | undefined> {
    let target: string;
    try {
      target = await Deno.realPath(location);
    } catch {
      return undefined;
    }
    if (target === this.root || !isWithin(this.root, target)) return undefined;
    const path = relative(this.root, target).replaceAll(SEPARATOR, "/");
    return this.isBuiltIn(path) ? undefined : target;
  }
}

async function readable<T>(location: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    throw new FileError(`Cannot read ${location}: ${reason(error)}.`, { cause: error });
  }
}
