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

/** The executable, for who may not open it any more. */
let held: Deno.FsFile | undefined;

/** Opens what they are read from, for code that will have no permission to. */
export function holdPrepared(): void {
  carried ??= readIndex();
  if (carried) held = openExecutable(carried);
}

/**
 * Reads one of them, by its path below the folder of prepared files.
 * @throws {Deno.errors.NotFound} when it was not prepared
 * @throws {Error} when another executable has taken the place of the one that runs
 */
export function readPrepared(name: string): Uint8Array {
  const inMemory = kept[name];
  if (inMemory) return new Uint8Array(inMemory);
  carried ??= readIndex();
  if (!carried) return Deno.readFileSync(preparedFile(name));
  const place = carried.files[name];
  if (!place) throw new Deno.errors.NotFound(`insforge carries no ${name}`);
  using opened = held ? undefined : openExecutable(carried);
  return fill(new Uint8Array(place[1]), held ?? opened!, carried, place[0]);
}

/**
 * Reads those in these folders for threads that start later, and then work although an upgrade has
 * replaced the executable; none where the executable embeds them.
 */
export function keepPrepared(folders: readonly string[]): KeptFiles {
  carried ??= readIndex();
  if (!carried) return {};
  using executable = openExecutable(carried);
  const files: Record<string, SharedArrayBuffer> = {};
  for (const [name, [start, size]] of Object.entries(carried.files)) {
    if (!folders.some((folder) => name.startsWith(`${folder}/`))) continue;
    files[name] = new SharedArrayBuffer(size);
    fill(new Uint8Array(files[name]), executable, carried, start);
  }
  return files;
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

/** @throws {Error} when it is another than the one that runs */
function openExecutable({ offset, digest }: CarriedFiles): Deno.FsFile {
  let file: Deno.FsFile;
  try {
    file = Deno.openSync(Deno.execPath());
  } catch {
    // What was removed has another name, which nobody may open.
    throw replaced();
  }
  try {
    if (readAt(file, offset, new Uint8Array(digest.length / 2)).toHex() === digest) return file;
    throw replaced();
  } catch (error) {
    file.close();
    throw error;
  }
}

function replaced(): Error {
  return new Error(
    "insforge was replaced while it ran; run: insforge local stop, then local start",
  );
}

/** Reads the prepared file that begins at `start`. */
function fill(
  bytes: Uint8Array,
  executable: Deno.FsFile,
  { offset, digest }: CarriedFiles,
  start: number,
): Uint8Array {
  return readAt(executable, offset + digest.length / 2 + start, bytes);
}

function readAt(file: Deno.FsFile, offset: number, bytes: Uint8Array): Uint8Array {
  file.seekSync(offset, Deno.SeekMode.Start);
  for (let end = 0; end < bytes.length;) {
    const count = file.readSync(bytes.subarray(end));
    if (count === null) throw replaced();
    end += count;
  }
  return bytes;
}
