/** Writes what a command makes into a file, whole or not at all. */
import { dirname, resolve } from "@std/path";
import { reason } from "../config/json_file.ts";
import { CliError, FileError } from "../core/errors.ts";
import { isWrittenDirectly, openPartial } from "./partial_file.ts";
import { partialPath } from "./temporary_paths.ts";

/**
 * Writes text as it comes: into a pipe or device itself, else into a file beside the target, which takes its name at the
 * end and is removed when something fails.
 * @returns the number of bytes
 * @throws {FileError} when it cannot be written; the errors of `chunks` as they are
 */
export async function writeOutputFile(
  cwd: string,
  path: string,
  chunks: AsyncIterable<string>,
): Promise<number> {
  const target = resolve(cwd, path);
  try {
    if (await isDirectory(target)) throw new FileError(`Cannot write ${path}: it is a folder.`);
    if (await isWrittenDirectly(target)) {
      using pipe = await Deno.open(target, { write: true });
      return await write(pipe, chunks);
    }
    using file = await openPartial(target);
    return await complete(file, target, chunks);
  } catch (error) {
    if (error instanceof CliError) throw error;
    throw cannotWrite(path, error);
  }
}

/** The error of a file that a command was told to write. */
export function cannotWrite(path: string, error: unknown): FileError {
  const why = error instanceof Deno.errors.NotFound ? "its folder does not exist" : reason(error);
  // The sandbox lets no command at files of the system, such as /dev/stdout.
  const hint = error instanceof Deno.errors.NotCapable
    ? "Name another file, or - for standard output."
    : undefined;
  return new FileError(`Cannot write ${path}: ${why}.`, { hint, cause: error });
}

async function complete(
  file: Deno.FsFile,
  target: string,
  chunks: AsyncIterable<string>,
): Promise<number> {
  const partial = partialPath(target);
  try {
    await file.truncate(0);
    const bytes = await write(file, chunks);
    await file.sync();
    await Deno.rename(partial, target);
    return bytes;
  } catch (error) {
    await Deno.remove(partial).catch(() => {});
    throw error;
  }
}

async function write(file: Deno.FsFile, chunks: AsyncIterable<string>): Promise<number> {
  const encoder = new TextEncoder();
  let bytes = 0;
  for await (const chunk of chunks) {
    const encoded = encoder.encode(chunk);
    for (let sent = 0; sent < encoded.length;) sent += await file.write(encoded.subarray(sent));
    bytes += encoded.length;
  }
  return bytes;
}

/**
 * Makes a file of a short text; nothing is left of it when the text does not fit.
 * @throws {Deno.errors.AlreadyExists} when it is there already, and what the system says otherwise
 */
export async function createFile(path: string, text: string): Promise<void> {
  await Deno.mkdir(dirname(path), { recursive: true });
  try {
    await Deno.writeTextFile(path, text, { createNew: true });
  } catch (error) {
    if (!(error instanceof Deno.errors.AlreadyExists)) await Deno.remove(path).catch(() => {});
    throw error;
  }
}

async function isDirectory(path: string): Promise<boolean> {
  try {
    return (await Deno.stat(path)).isDirectory;
  } catch {
    return false;
  }
}
