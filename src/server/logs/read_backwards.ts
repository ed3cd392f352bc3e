const BLOCK_BYTES = 64 * 1024;
const LINE_FEED = 10;

/**
 * The lines of a file from its end to its beginning, read block by block; none when there is no
 * file.
 */
export async function* readBackwards(path: string): AsyncGenerator<string> {
  let file: Deno.FsFile;
  try {
    file = await Deno.open(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return;
    throw error;
  }
  try {
    const decoder = new TextDecoder();
    let position = (await file.stat()).size;
    let rest: Uint8Array = new Uint8Array();
    while (position > 0) {
      const size = Math.min(BLOCK_BYTES, position);
      position -= size;
      const block = new Uint8Array(size + rest.length);
      await readAt(file, position, block.subarray(0, size));
      block.set(rest, size);
      let end = block.length;
      for (let at = size - 1; at >= 0; at--) {
        if (block[at] !== LINE_FEED) continue;
        if (at + 1 < end) yield decoder.decode(block.subarray(at + 1, end));
        end = at;
      }
      rest = block.subarray(0, end);
    }
    if (rest.length > 0) yield decoder.decode(rest);
  } finally {
    file.close();
  }
}

async function readAt(file: Deno.FsFile, position: number, into: Uint8Array): Promise<void> {
  await file.seek(position, Deno.SeekMode.Start);
  for (let read = 0; read < into.length;) {
    const count = await file.read(into.subarray(read));
    if (count === null) return;
    read += count;
  }
}
