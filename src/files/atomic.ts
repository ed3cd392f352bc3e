/**
 * Files that are there whole or not at all: made beside their name, where nobody else can have put
 * anything, and on the disk before they take it.
 */
import { dirname, join } from "@std/path";
import { hiddenName } from "./temporary_paths.ts";

const SUFFIX = ".insforge-new";

/** What a new name is made from: nobody can guess it, and so put a link in its place. */
export function randomToken(): string {
  return crypto.randomUUID().slice(-12);
}

/** Where the new content of a file is written. In a sandbox the launcher must know the token. */
export function freshPath(target: string, token: string = randomToken()): string {
  return join(dirname(target), hiddenName(target, `.${token}${SUFFIX}`));
}

/** A file on its way: it is removed at the end unless {@link keepAs} has given it its name. */
export class FreshFile implements AsyncDisposable {
  readonly path: string;
  readonly file: Deno.FsFile;
  #isOpen = true;
  #isKept = false;

  private constructor(path: string, file: Deno.FsFile) {
    this.path = path;
    this.file = file;
  }

  /** @param mode owner only, from the first byte */
  static async create(path: string, mode = 0o600): Promise<FreshFile> {
    return new FreshFile(path, await Deno.open(path, { write: true, createNew: true, mode }));
  }

  /**
   * Gives the file its name, in place of what has it.
   * @param isDurable also outlives a power failure; what can be had again needs no such wait
   */
  async keepAs(target: string, isDurable = true): Promise<void> {
    if (isDurable) await this.file.sync();
    this.#close();
    await Deno.rename(this.path, target);
    this.#isKept = true;
    if (isDurable) await syncFolder(dirname(target));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#close();
    if (!this.#isKept) await Deno.remove(this.path).catch(() => {});
  }

  /** Windows gives no name to an open file. */
  #close(): void {
    if (this.#isOpen) this.file.close();
    this.#isOpen = false;
  }
}

/** How a file is written; see {@link FreshFile}. */
export interface WriteSettings {
  readonly mode?: number;
  readonly isDurable?: boolean;
  readonly token?: string;
}

/** Writes all bytes: a file may take a part of them at a time. */
export async function writeAll(file: Deno.FsFile, bytes: Uint8Array): Promise<void> {
  for (let sent = 0; sent < bytes.length;) sent += await file.write(bytes.subarray(sent));
}

/** {@link writeAll} for what costs less than changes of threads. */
export function writeAllSync(file: Deno.FsFile, bytes: Uint8Array): void {
  for (let sent = 0; sent < bytes.length;) sent += file.writeSync(bytes.subarray(sent));
}

/** Replaces a file by what `fill` writes. Nothing is changed when that throws. */
export async function replaceFile<T>(
  path: string,
  fill: (fresh: FreshFile) => Promise<T>,
  { mode, isDurable, token }: WriteSettings = {},
): Promise<T> {
  await using fresh = await FreshFile.create(freshPath(path, token), mode);
  const result = await fill(fresh);
  await fresh.keepAs(path, isDurable);
  return result;
}

/** Replaces a file by a short content. */
export async function writeFileAtomically(
  path: string,
  content: string | Uint8Array,
  settings?: WriteSettings,
): Promise<void> {
  const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
  await replaceFile(path, ({ file }) => writeAll(file, bytes), settings);
}

/**
 * Makes a folder whole or not at all; `fill` makes it under the name that it is given, and sees to
 * it that its files are on the disk where they have to be.
 * @param clear makes room for it at the last moment
 */
export async function makeFolderAtomically<T>(
  target: string,
  fill: (folder: string) => Promise<T>,
  { token, clear }: { readonly token?: string; readonly clear?: () => Promise<void> } = {},
): Promise<T> {
  const fresh = freshPath(target, token);
  try {
    const made = await fill(fresh);
    await clear?.();
    await Deno.rename(fresh, target);
    await syncFolder(dirname(target));
    return made;
  } catch (error) {
    await Deno.remove(fresh, { recursive: true }).catch(() => {});
    throw error;
  }
}

/** {@link writeFileAtomically} for the launcher, which has no time to wait for the disk. */
export function writeFileAtomicallySync(path: string, content: string, token?: string): void {
  const fresh = freshPath(path, token);
  Deno.writeTextFileSync(fresh, content, { createNew: true, mode: 0o600 });
  try {
    Deno.renameSync(fresh, path);
  } catch (error) {
    Deno.removeSync(fresh);
    throw error;
  }
}

/** Removes what killed processes left half made in a folder that is this process's alone. */
export async function removeHalfWritten(folder: string): Promise<void> {
  for await (const { name } of Deno.readDir(folder)) {
    if (name.endsWith(SUFFIX)) await Deno.remove(join(folder, name), { recursive: true });
  }
}

/**
 * A name is as durable as its folder; Windows, and a sandbox that holds the file alone, open none.
 */
export async function syncFolder(path: string): Promise<void> {
  try {
    using folder = await Deno.open(path);
    await folder.sync();
  } catch {
    // The content is on the disk all the same.
  }
}
