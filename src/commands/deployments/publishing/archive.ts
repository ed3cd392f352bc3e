/** Packs files into a zip archive: streamed, and the same bytes for the same files. */
import { loadCarried } from "../../../files/carried_module.ts";
import { openFile } from "./read.ts";
import type { SourceFile } from "./select.ts";

/** Local time, which zip archives are written in: the same numbers in every zone. */
const TIMESTAMP = new Date(1980, 0, 1);
/** A regular file that its owner may write and everybody read. */
const MODE = 0o100644;

/** The archive as a stream; `onFile` is called when the next file begins. */
export async function* packFiles(
  files: readonly SourceFile[],
  onFile: () => void = () => {},
): AsyncGenerator<Uint8Array> {
  const { configure, ZipWriter } = await loadCarried<
    typeof import("../../../files/zip.ts")
  >("src/files/zip");
  configure({ useWebWorkers: false });
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  const zip = new ZipWriter(writable, {
    lastModDate: TIMESTAMP,
    extendedTimestamp: false,
    zip64: false,
    keepOrder: true,
    externalFileAttributes: MODE << 16 >>> 0,
  });
  const written = (async () => {
    try {
      for (const file of files) {
        onFile();
        await zip.add(file.path, (await openFile(file)).readable);
      }
      await zip.close();
    } catch (error) {
      await writable.abort(error).catch(() => {});
      throw error;
    }
  })();
  written.catch(() => {});
  yield* readable;
  await written;
}

/** The number of bytes that {@link packFiles} yields. */
export async function measureArchive(
  files: readonly SourceFile[],
  onFile: () => void,
): Promise<number> {
  let size = 0;
  for await (const chunk of packFiles(files, onFile)) size += chunk.length;
  return size;
}
