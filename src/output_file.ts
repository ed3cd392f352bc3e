/** Writes what a command makes into a file, whole or not at all. */
import { resolve } from "@std/path";
import { reason } from "./config/json_file.ts";
import { CliError, FileError } from "./errors.ts";
import { partialPath } from "./grants.ts";

/**
 * Writes text as it comes. Until the last of it is there it stands in a file beside the target, which is removed when
 * something fails.
 * @returns the number of bytes
 * @throws {FileError} when it cannot be written; the errors of `chunks` as they are
 */
export async function writeOutputFile(
  cwd: string,
  path: string,
  chunks: AsyncIterable<string>,
): Promise<number> {
  const target = resolve(cwd, path);
  const partial = partialPath(target);
  let bytes = 0;
  try {
    if (await isDirectory(target)) throw new FileError(`Cannot write ${path}: it is a folder.`);
    using file = await Deno.open(partial, { write: true, create: true, truncate: true });
    const writer = file.writable.getWriter();
    const encoder = new TextEncoder();
    for await (const chunk of chunks) {
      const encoded = encoder.encode(chunk);
      await writer.write(encoded);
      bytes += encoded.length;
    }
    await file.sync();
    await writer.close();
    await Deno.rename(partial, target);
    return bytes;
  } catch (error) {
    await Deno.remove(partial).catch(() => {});
    if (error instanceof CliError) throw error;
    if (error instanceof Deno.errors.NotFound) {
      throw new FileError(`Cannot write ${path}: its folder does not exist.`, { cause: error });
    }
    throw new FileError(`Cannot write ${path}: ${reason(error)}.`, { cause: error });
  }
}

async function isDirectory(path: string): Promise<boolean> {
  try {
    return (await Deno.stat(path)).isDirectory;
  } catch {
    return false;
  }
}
