/**
 * Files that are packed tell by their names what they were made of, and not how: where that has
 * changed, the same commit would make one executable here and another one elsewhere.
 */
import { dirname } from "@std/path";
import { sha256Hex } from "../../src/server/keys/digest.ts";

/**
 * Removes what was packed in another way, so that it is packed anew.
 * @param folder of what is packed
 * @param code the file of the code that packs
 * @param mark the file that remembers which code it was
 */
export async function forgetOtherPacking(
  folder: string,
  code: string,
  mark: string,
): Promise<void> {
  const way = await sha256Hex(await Deno.readTextFile(code));
  if (await Deno.readTextFile(mark).catch(() => "") === way) return;
  await Deno.remove(folder, { recursive: true }).catch((error) => {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  });
  await Deno.mkdir(dirname(mark), { recursive: true });
  await Deno.writeTextFile(mark, way);
}
