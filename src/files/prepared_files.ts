/**
 * Reads the files that `scripts/prepare.ts` made. Every start of an executable reads all that
 * `deno compile` embeds in it, about 2 ms a megabyte; so where the format of executables allows it,
 * these files lie before that, behind Deno's own runtime, and cost a start nothing.
 */
import { preparedFile, programFiles } from "../core/program_files.ts";

/** Where prepared files lie in the executable; the build embeds it as `carried/index.json`. */
export interface CarriedFiles {
  /** Where they begin in the executable, in bytes: with the digest below. */
  readonly offset: number;
  /** SHA-256 of them all in hexadecimal: what lies at `offset`, as bytes. */
  readonly digest: string;
  /** Of each file by name: where it begins, from the end of the digest, and its size in bytes. */
  readonly files: Readonly<Record<string, readonly [start: number, size: number]>>;
}

/** Contents by name, which threads share. */
export type KeptFiles = Readonly<Record<string, SharedArrayBuffer>>;

let carried: CarriedFiles | undefined;
let kept: KeptFiles = {};

/**
 * Reads one of them, by its path below the folder of prepared files.
 * @throws {Deno.errors.NotFound} when it was not prepared
 * @throws {Error} when another executable has taken the place of the one that runs
 */
export function readPrepared(name: string): Uint8Array<ArrayBuffer> {
  const inMemory = kept[name];
  if (inMemory) return new Uint8Array(new Uint8Array(inMemory));
  carried ??= readIndex();
  if (!carried) return Deno.readFileSync(preparedFile(name));
  const { offset, digest, files } = carried;
  const place = files[name];
  if (!place) throw new Deno.errors.NotFound(`insforge carries no ${name}`);
  using executable = openExecutable();
  const found = readAt(executable, offset, digest.length / 2);
  if (found.toHex() !== digest) throw replaced();
  return readAt(executable, offset + found.length + place[0], place[1]);
}

/**
 * Reads those in these folders for threads that start later, and then work although an upgrade has
 * replaced the executable; none where the executable embeds them.
 */
export function keepPrepared(folders: readonly string[]): KeptFiles {
  carried ??= readIndex();
  const names = Object.keys(carried?.files ?? {}).filter((name) =>
    folders.some((folder) => name.startsWith(`${folder}/`))
  );
  return Object.fromEntries(names.map((name) => [name, shared(readPrepared(name))]));
}

/** Takes what another thread has kept for this one. */
export function takeKept(files: KeptFiles): void {
  kept = files;
}

function readIndex(): CarriedFiles | undefined {
  if (!Deno.build.standalone) return undefined;
  try {
    return JSON.parse(Deno.readTextFileSync(new URL("carried/index.json", programFiles)));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

function openExecutable(): Deno.FsFile {
  try {
    return Deno.openSync(Deno.execPath());
  } catch {
    // What was removed has another name, which nobody may open.
    throw replaced();
  }
}

function replaced(): Error {
  return new Error(
    "insforge was replaced while it ran; run: insforge local stop, then local start",
  );
}

function readAt(file: Deno.FsFile, offset: number, size: number): Uint8Array<ArrayBuffer> {
  file.seekSync(offset, Deno.SeekMode.Start);
  const bytes = new Uint8Array(size);
  for (let end = 0; end < size;) {
    const count = file.readSync(bytes.subarray(end));
    if (count === null) throw replaced();
    end += count;
  }
  return bytes;
}

function shared(bytes: Uint8Array): SharedArrayBuffer {
  const buffer = new SharedArrayBuffer(bytes.length);
  new Uint8Array(buffer).set(bytes);
  return buffer;
}
