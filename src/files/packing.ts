/**
 * How files are packed that the executable carries: with Brotli, a third smaller than gzip here.
 */
import { fromFileUrl } from "@std/path";
import { promisify } from "node:util";
import { brotliCompressSync, brotliDecompress, brotliDecompressSync, constants } from "node:zlib";
import { writeFileAtomically } from "./atomic.ts";

/** Of 11: a tenth less than 9 makes of it, and 3 % more than 11, in half of its time. */
const QUALITY = 10;
/** The highest, for what is packed within half a minute all the same. */
const BEST_QUALITY = 11;
const SMALL_BYTES = 12 * 1024 ** 2;
/** 4 MiB: more makes nothing smaller here, and each reader fills as much memory. */
const WINDOW_BITS = 22;

/** Packs bytes; a second for each few megabytes. */
export function pack(bytes: Uint8Array): Uint8Array {
  return brotliCompressSync(bytes, {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: bytes.length > SMALL_BYTES ? QUALITY : BEST_QUALITY,
      [constants.BROTLI_PARAM_LGWIN]: WINDOW_BITS,
      [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
    },
  });
}

/** Undoes {@link pack}; a millisecond for each hundred kilobytes that come out. */
export function unpack(packed: Uint8Array): Uint8Array<ArrayBuffer> {
  return ofBuffer(brotliDecompressSync(packed));
}

/** The same in a thread of its own, for what takes longer. */
export async function unpackBeside(packed: Uint8Array): Promise<Uint8Array<ArrayBuffer>> {
  return ofBuffer(await promisify(brotliDecompress)(packed));
}

/** The same memory: what is unpacked is megabytes. */
function ofBuffer({ buffer, byteOffset, length }: Uint8Array): Uint8Array<ArrayBuffer> {
  return new Uint8Array(buffer as ArrayBuffer, byteOffset, length);
}

/** A file, or what makes its content. */
type Source = URL | (() => Promise<Uint8Array>);

/**
 * Packs files into a folder that then holds nothing else; those that are there are not packed
 * again, so each name must hold the version of what it is made of.
 */
export async function packFolder(folder: URL, sources: Readonly<Record<string, Source>>) {
  await Deno.mkdir(folder, { recursive: true });
  const found = new Set<string>();
  for await (const { name } of Deno.readDir(folder)) {
    if (Object.hasOwn(sources, name)) found.add(name);
    else await Deno.remove(new URL(name, folder));
  }
  for (const [name, source] of Object.entries(sources)) {
    if (found.has(name)) continue;
    const content = source instanceof URL ? await Deno.readFile(source) : await source();
    await writeFileAtomically(fromFileUrl(new URL(name, folder)), pack(content));
  }
}
