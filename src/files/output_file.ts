/** Writes what a command makes into a file, whole or not at all. */
import { dirname } from "@std/path";
import { reason } from "./reason.ts";
import { CliError, FileError } from "../core/errors.ts";
import { replaceFile, writeAll } from "./atomic.ts";
import { placeOf, type TypedPaths } from "./typed_path.ts";
import { placeWithin } from "./real_path.ts";
import { isPipeOrDevice } from "./file_kind.ts";

/**
 * Writes text or bytes as they come: into a pipe or device itself, else into a fresh file beside
 * the target, which takes its name at the end.
 * @returns the number of bytes
 * @throws {FileError} when it cannot be written; the errors of `chunks` as they are
 */
export async function writeOutputFile(
  launch: TypedPaths & { readonly token: string },
  path: string,
  chunks: AsyncIterable<string | Uint8Array>,
): Promise<number> {
  const target = placeOf(launch, path);
  try {
    const found = await Deno.stat(target).catch(() => undefined);
    if (found?.isDirectory) throw new FileError(`Cannot write ${path}: it is a folder.`);
    if (found && isPipeOrDevice(found)) {
      using pipe = await openPipe(target);
      return await writeChunks(pipe, chunks);
    }
    return await replaceFile(target, ({ file }) => writeChunks(file, chunks), {
      mode: 0o666,
      token: launch.token,
    });
  } catch (error) {
    if (error instanceof CliError) throw error;
    throw cannotWrite(path, error);
  }
}

/** Opens a pipe or device to write into. */
export function openPipe(target: string): Promise<Deno.FsFile> {
  return Deno.open(target, { write: true });
}

/**
 * Makes a file, and the folders that it lies in.
 * @throws {Deno.errors.AlreadyExists} when it is there already, and what the system says otherwise
 */
export async function openNewFile(path: string): Promise<Deno.FsFile> {
  await Deno.mkdir(dirname(path), { recursive: true });
  return await Deno.open(path, { write: true, createNew: true });
}

/** Adds text to a file, which is made when it is not there. */
export async function appendToFile(path: string, text: string): Promise<void> {
  await Deno.writeTextFile(path, text, { append: true });
}

/** The same for a file that its owner alone may read. */
export async function appendToPrivateFile(path: string, text: string): Promise<void> {
  await Deno.writeTextFile(path, text, { append: true, mode: 0o600 });
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

async function writeChunks(
  file: Deno.FsFile,
  chunks: AsyncIterable<string | Uint8Array>,
): Promise<number> {
  const encoder = new TextEncoder();
  let bytes = 0;
  for await (const chunk of chunks) {
    const encoded = typeof chunk === "string" ? encoder.encode(chunk) : chunk;
    await writeAll(file, encoded);
    bytes += encoded.length;
  }
  return bytes;
}

/**
 * Makes a file of a short text below a real folder; nothing is left of it when the text does not
 * fit.
 * @throws {FileError} for a link that leads out of the folder
 * @throws {Deno.errors.AlreadyExists} when it is there already, and what the system says otherwise
 */
export async function createFile(folder: string, name: string, text: string): Promise<void> {
  const path = placeWithin(folder, name);
  const write = () => Deno.writeTextFile(path, text, { createNew: true });
  try {
    // Of a folder that is there, a command may have been given the file alone.
    await write().catch(async (error) => {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
      await Deno.mkdir(dirname(path), { recursive: true });
      await write();
    });
  } catch (error) {
    if (!(error instanceof Deno.errors.AlreadyExists)) await Deno.remove(path).catch(() => {});
    throw error;
  }
}
