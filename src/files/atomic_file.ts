/**
 * Replaces a file in one step: a reader sees the old content or the new, and a crash leaves no half. The new file has
 * its mode from the first byte.
 * @param mode defaults to owner only
 */
export async function writeFileAtomically(path: string, text: string, mode = 0o600): Promise<void> {
  const temporary = `${path}.${crypto.randomUUID().slice(0, 8)}.tmp`;
  try {
    await Deno.writeTextFile(temporary, text, { mode, createNew: true });
    await Deno.rename(temporary, path);
  } catch (error) {
    await Deno.remove(temporary).catch(() => {});
    throw error;
  }
}

/** Removes what a killed process left of {@link writeFileAtomically} in a folder that is this process's alone. */
export async function removeHalfWritten(folder: string): Promise<void> {
  for await (const { name } of Deno.readDir(folder)) {
    if (/\.[\da-f]{8}\.tmp$/.test(name)) await Deno.remove(`${folder}/${name}`);
  }
}

/** The text of a file, or undefined when there is none. */
export async function readFileIfPresent(path: string): Promise<string | undefined> {
  try {
    return await Deno.readTextFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}
