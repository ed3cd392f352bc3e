/** A part of a content: from the first byte to the last, both included. */
export interface Range {
  readonly first: number;
  readonly last: number;
}

/**
 * The part that a Range header asks for; `"none"` when it lies outside, nothing when the header is
 * absent or asks for what is answered in whole, such as several parts.
 */
export function parseRange(header: string | null, size: number): Range | "none" | undefined {
  const [, from, to] = /^bytes=(\d*)-(\d*)$/.exec(header ?? "") ?? [];
  if (from === undefined || to === undefined || (from === "" && to === "")) return undefined;
  const first = from === "" ? Math.max(0, size - Number(to)) : Number(from);
  const last = from === "" || to === "" ? size - 1 : Math.min(Number(to), size - 1);
  return first > last ? "none" : { first, last };
}

/** Reads a part of a file, and closes it. */
export async function* readRange(
  file: Deno.FsFile,
  { first, last }: Range,
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  using _ = file;
  await file.seek(first, Deno.SeekMode.Start);
  for (let left = last - first + 1; left > 0;) {
    const chunk = new Uint8Array(Math.min(left, 64 * 1024));
    const read = await file.read(chunk);
    if (read === null) return;
    left -= read;
    yield chunk.subarray(0, read);
  }
}
