/** Files that are made beside their name and take it when they are whole. */
import { FileError } from "../core/errors.ts";
import { isPipeOrDevice } from "./file_kind.ts";
import { lockWithin } from "./file_lock.ts";
import { partialPath, partialTagPath } from "./temporary_paths.ts";
import { isThere } from "./real_path.ts";

/** Milliseconds that an earlier run may take to end. */
const PATIENCE_MS = 300;

/** What an earlier run left of a target. */
export interface Left {
  /** In bytes. */
  readonly size: number;
  /** Of which version of the content they are. */
  readonly version: string;
}

/**
 * The file in which a target is made, as an earlier run left it, for this process alone. What is
 * broken off stays for another run, with the version that it is of.
 */
export class PartialFile implements Disposable {
  readonly #target: string;
  readonly file: Deno.FsFile;

  private constructor(target: string, file: Deno.FsFile) {
    this.#target = target;
    this.file = file;
  }

  /**
   * Opens or makes it. Its name can be foreseen: a link that somebody put there is removed, not
   * followed.
   * @throws {FileError} while another process makes the same target; what the system says otherwise
   */
  static async open(target: string): Promise<PartialFile> {
    return new PartialFile(target, await openLocked(target));
  }

  /** What is there; undefined where nothing is, or nobody knows of which version. */
  async left(): Promise<Left | undefined> {
    const size = await this.size();
    const path = partialTagPath(this.#target);
    const version = await sizeOf(path) > 0 ? await Deno.readTextFile(path) : "";
    return size > 0 && version !== "" ? { size, version } : undefined;
  }

  /** In bytes. */
  async size(): Promise<number> {
    return await sizeOf(partialPath(this.#target));
  }

  /**
   * Empties it. The version is told before the first byte is there, so that bytes are never taken
   * for those of another.
   * @param version none for what cannot be gone on with
   */
  async begin(version: string | undefined): Promise<void> {
    await this.file.truncate(0);
    const path = partialTagPath(this.#target);
    await Deno.remove(path).catch(() => {});
    if (version) await Deno.writeTextFile(path, version, { createNew: true });
  }

  /** Gives it the target's name. */
  async keep(): Promise<void> {
    await Deno.rename(partialPath(this.#target), this.#target);
    await Deno.remove(partialTagPath(this.#target)).catch(() => {});
  }

  /** Removes it, and what is known of it. */
  async discard(): Promise<void> {
    for (const path of [partialPath(this.#target), partialTagPath(this.#target)]) {
      await Deno.remove(path).catch(() => {});
    }
  }

  [Symbol.dispose](): void {
    this.file.close();
  }
}

async function openLocked(target: string): Promise<Deno.FsFile> {
  const path = partialPath(target);
  const file = await openOwn(path);
  // Not every file system has locks.
  const isLocked = await lockWithin(file, PATIENCE_MS).catch(() => true);
  // What was waited for may have its final name by now.
  if (isLocked && isThere(path)) return file;
  if (isLocked) file.close();
  throw new FileError(`Another process is writing ${target}.`, {
    hint: "Wait until it has ended, or name another file.",
  });
}

/** Whether a target takes what is written to it itself. */
export async function isWrittenDirectly(target: string): Promise<boolean> {
  const found = await Deno.stat(target).catch(() => undefined);
  return found !== undefined && isPipeOrDevice(found);
}

/** Opens a plain file that has no other name, or makes one in the place of anything else. */
async function openOwn(path: string): Promise<Deno.FsFile> {
  const found = await Deno.lstat(path).catch(() => undefined);
  if (found && !isPlain(found)) await Deno.remove(path);
  if (!found || !isPlain(found)) {
    return await Deno.open(path, { write: true, createNew: true }).catch((error) => {
      if (error instanceof Deno.errors.AlreadyExists) return openOwn(path);
      throw error;
    });
  }
  const file = await Deno.open(path, { write: true });
  const { dev, ino } = await file.stat();
  if (dev === found.dev && ino === found.ino) return file;
  file.close();
  return await openOwn(path);
}

/** The size of a plain file that was left under a partial name; 0 where there is none. */
async function sizeOf(path: string): Promise<number> {
  const found = await Deno.lstat(path).catch(() => undefined);
  return found && isPlain(found) ? found.size : 0;
}

/** On a system that counts no names, every file has one. */
function isPlain({ isFile, nlink }: Deno.FileInfo): boolean {
  return isFile && (nlink ?? 1) <= 1;
}
