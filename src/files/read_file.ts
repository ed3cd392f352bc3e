import { FileError } from "../core/errors.ts";
import { isPipeOrDevice } from "./file_kind.ts";
import { reason } from "./reason.ts";

/** Bytes of the largest file that holds settings, keys or what is remembered. */
const MOST = 16 * 1024 ** 2;

/**
 * The text of a file, or undefined when there is none.
 * @throws {FileError} for what reading would never end, or take all memory
 */
export async function readFileIfPresent(path: string): Promise<string | undefined> {
  try {
    requireSmallFile(path, await Deno.stat(path));
    return await Deno.readTextFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/** Why a file cannot be read, as a sentence; what is one already stays as it is. */
export function cannotRead(path: string, error: unknown, hint?: string): FileError {
  if (error instanceof FileError) return error;
  return new FileError(`Cannot read ${path}: ${reason(error)}.`, { hint, cause: error });
}

/** {@link readFileIfPresent} for the launcher, for which a change of threads takes too long. */
export function readFileIfPresentSync(path: string): string | undefined {
  try {
    requireSmallFile(path, Deno.statSync(path));
    return Deno.readTextFileSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/**
 * Makes sure that nothing but a file of settings is read where there is something.
 * @throws {FileError}
 */
export async function requirePlainFile(path: string): Promise<void> {
  const info = await Deno.stat(path).catch(() => undefined);
  if (info) requireSmallFile(path, info);
}

/** Makes sure that reading what lies there comes to an end. @throws {FileError} */
export async function requireNoPipe(path: string): Promise<void> {
  const info = await Deno.stat(path).catch(() => undefined);
  if (info) refusePipe(path, info);
}

function refusePipe(path: string, info: Deno.FileInfo): void {
  if (isPipeOrDevice(info)) throw new FileError(`${path} is not a file.`);
}

function requireSmallFile(path: string, info: Deno.FileInfo): void {
  refusePipe(path, info);
  if (info.size > MOST && info.isFile) throw new FileError(`${path} is too large to be read.`);
}
