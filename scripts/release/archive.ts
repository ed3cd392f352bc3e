/** Archives of a release. The same files give the same bytes: fixed order, times, owners, modes. */
import { Duplex } from "node:stream";
import { createGzip } from "node:zlib";
import { createTarPacker } from "modern-tar";
import { configure, Uint8ArrayReader, ZipWriter } from "@zip-js/zip-js";

/** The time that every file of a release carries: the first that zip can express. */
export const RELEASE_TIME = new Date("1980-01-01T00:00:00Z");

/** The smallest that gzip can: every user downloads it. */
const GZIP_LEVEL = 9;

/** A file of an archive. */
export interface Part {
  readonly name: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly mode: 0o755 | 0o644;
}

/** Writes a `.tar.gz`. */
export async function writeTarGz(path: string, parts: readonly Part[]): Promise<void> {
  const gzip = Duplex.toWeb(createGzip({ level: GZIP_LEVEL })) as TransformStream<
    Uint8Array,
    Uint8Array
  >;
  await writeTar(path, parts, gzip);
}

/**
 * Writes a `.tar.xz`, a quarter smaller, by the program `xz`, which is not everywhere.
 * @param level 0 to 9, as `xz` has them
 * @throws {Deno.errors.NotFound} without that program, before anything is written
 */
export async function writeTarXz(
  path: string,
  parts: readonly Part[],
  level: number,
): Promise<void> {
  const xz = new Deno.Command("xz", {
    // One thread: the bytes are the same wherever they are made.
    args: ["--compress", "--stdout", `-${level}`, "--threads=1"],
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  await writeTar(path, parts, { writable: xz.stdin, readable: xz.stdout });
  const { success, code } = await xz.status;
  if (!success) throw new Error(`xz ended with ${code}.`);
}

/** Writes a tar archive through what compresses it. */
async function writeTar(
  path: string,
  parts: readonly Part[],
  compressed: ReadableWritablePair<Uint8Array, Uint8Array>,
): Promise<void> {
  const { readable, controller } = createTarPacker();
  const file = await Deno.open(path, { write: true, create: true, truncate: true });
  const written = readable.pipeThrough(compressed).pipeTo(file.writable);
  for (const { name, bytes, mode } of parts) {
    const entry = controller.add({
      name,
      mode,
      size: bytes.length,
      mtime: RELEASE_TIME,
      uid: 0,
      gid: 0,
      type: "file",
    });
    await new Blob([bytes]).stream().pipeTo(entry);
  }
  controller.finalize();
  await written;
}

/** Writes a `.zip`, for Windows. */
export async function writeZip(path: string, parts: readonly Part[]): Promise<void> {
  configure({ useWebWorkers: false });
  const file = await Deno.open(path, { write: true, create: true, truncate: true });
  const zip = new ZipWriter(file.writable);
  for (const { name, bytes } of parts) {
    await zip.add(name, new Uint8ArrayReader(bytes), {
      // Zip holds local time: in every zone the same digits.
      lastModDate: new Date(1980, 0, 1),
      extendedTimestamp: false,
      dataDescriptor: true,
    });
  }
  await zip.close();
}
