/** Puts a new executable in the place of the one that runs. */
import { asidePath } from "./temporary_paths.ts";
import { reason } from "./reason.ts";
import { FileError, OperationError } from "../core/errors.ts";

/** After so long without a byte written, whoever began the file has gone. */
const ABANDONED_MS = 60_000;

/**
 * Creates the file of a new executable; one that another process is writing to stays its own.
 * @throws {OperationError} while there is one
 */
export async function createReplacement(path: string): Promise<Deno.FsFile> {
  const create = () => Deno.open(path, { write: true, createNew: true, mode: 0o755 });
  try {
    return await create();
  } catch (error) {
    if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
    const { mtime } = await Deno.stat(path);
    if (Date.now() - (mtime?.getTime() ?? 0) < ABANDONED_MS) {
      throw new OperationError("Another upgrade is under way.", "UPGRADE_RUNNING", {
        hint: `Wait for it; if there is none, remove ${path}.`,
      });
    }
    await Deno.remove(path);
    return await create();
  }
}

/** Removes a new executable that cannot be used. */
export async function discardReplacement(path: string): Promise<void> {
  await Deno.remove(path).catch(() => {});
}

/**
 * Replaces `executable` by `replacement`, at once: whoever starts it gets the old or the new one.
 * @throws {FileError} and leaves the old one, when the system does not allow it
 */
export async function replaceExecutable(executable: string, replacement: string): Promise<void> {
  try {
    if (Deno.build.os === "windows") await replaceAside(executable, replacement);
    else {
      const { mode } = await Deno.stat(executable);
      await Deno.chmod(replacement, (mode ?? 0o755) & 0o777);
      await Deno.rename(replacement, executable);
    }
  } catch (error) {
    await discardReplacement(replacement);
    throw new FileError(`Cannot replace ${executable}: ${reason(error)}.`, {
      hint: "Upgrade as the user who installed it, or install it into a folder of your own.",
      cause: error,
    });
  }
}

/** Windows does not let a running executable be replaced, but lets it be renamed. */
async function replaceAside(executable: string, replacement: string): Promise<void> {
  const aside = asidePath(executable);
  await Deno.remove(aside).catch(() => {});
  await Deno.rename(executable, aside);
  try {
    await Deno.rename(replacement, executable);
  } catch (error) {
    await Deno.rename(aside, executable);
    throw error;
  }
}
