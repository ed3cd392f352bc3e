/** A site of the largest size that a deployment may have, the same at every call. */
import { join } from "@std/path";

const FILES = 5000;
const BYTES = 100 * 1024 * 1024;
const FOLDERS = 50;

/** Writes the site: text that compresses by half, as bundled scripts do. */
export async function writeLargestSite(folder: string): Promise<void> {
  const size = Math.floor(BYTES / FILES);
  for (let index = 0; index < FOLDERS; index++) {
    await Deno.mkdir(join(folder, `part-${index}`), { recursive: true });
  }
  let state = 1;
  for (let index = 0; index < FILES; index++) {
    const bytes = new Uint8Array(size / 2);
    for (let at = 0; at < bytes.length; at++) {
      state = Math.imul(state, 1664525) + 1013904223 >>> 0;
      bytes[at] = state >>> 24;
    }
    const path = index === 0 ? "index.html" : `part-${index % FOLDERS}/${index}.js`;
    await Deno.writeTextFile(join(folder, path), bytes.toHex());
  }
}
