/** Puts a new executable in the place of the one that runs. */
import { asidePath } from "./temporary_paths.ts";
import { reason } from "./reason.ts";
import { FileError } from "../core/errors.ts";

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
    await Deno.remove(replacement).catch(() => {});
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
