/**
 * How files are packed that the executable carries: with Brotli, a third smaller than gzip here.
 */
import { brotliCompressSync, brotliDecompressSync, constants } from "node:zlib";

/** Of 11: what comes above takes ten times as long to pack, for a tenth less. */
const QUALITY = 9;
/** 16 MiB, so that copies far apart are found. */
const WINDOW_BITS = 24;

/** Packs bytes; a second for each few megabytes. */
export function pack(bytes: Uint8Array): Uint8Array {
  return brotliCompressSync(bytes, {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: QUALITY,
      [constants.BROTLI_PARAM_LGWIN]: WINDOW_BITS,
      [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
    },
  });
}

/** Undoes {@link pack}; some milliseconds. */
export function unpack(packed: Uint8Array): Uint8Array<ArrayBuffer> {
  return new Uint8Array(brotliDecompressSync(packed));
}
