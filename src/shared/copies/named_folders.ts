import { join } from "@std/path";

/**
 * What is known of each folder in a folder, which need not be there. Those that are being made have
 * hidden names, and are passed over.
 * @param read answers undefined for a folder that is something else
 */
export async function readEach<T>(
  folder: string,
  read: (path: string, name: string) => Promise<T | undefined>,
): Promise<T[]> {
  const found: T[] = [];
  try {
    for await (const { name, isDirectory } of Deno.readDir(folder)) {
      if (!isDirectory || name.startsWith(".")) continue;
      const facts = await read(join(folder, name), name);
      if (facts !== undefined) found.push(facts);
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  return found;
}
