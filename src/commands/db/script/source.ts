/** The file of an import: on disk or from a stream, plain or compressed. */
import { shellWord } from "../../../core/shell_word.ts";
import { basename, join } from "@std/path";
import type { Context } from "../../../cli/context.ts";
import { reason } from "../../../files/reason.ts";
import { FileError } from "../../../core/errors.ts";
import { placeOf } from "../../../files/typed_path.ts";
import { keepInput } from "../../../files/spooled_input.ts";
import { inUtf8 } from "./encoding.ts";
import type { OpenFile } from "../../../shared/sql/read_text.ts";

export interface Source extends AsyncDisposable {
  /** As the backend is told. */
  readonly name: string;
  /** How messages call it. */
  readonly title: string;
  /** Of the file as it is, compressed or not. */
  readonly bytes: number;
  /** Whether it was written by a program as it was read. */
  readonly isStream: boolean;
  /** Its text, unpacked and in UTF-8. */
  readonly open: OpenFile;
}

/**
 * Opens a file, or standard input for `-`. A file can be read again; a stream is kept in a
 * temporary file so that it can be, too.
 * @param title how messages call it
 * @throws {FileError} when it is missing, or an archive of pg_dump
 */
export async function openSource(
  context: Context,
  path: string,
  title = path === "-" ? "Standard input" : basename(path),
): Promise<Source> {
  const file = path === "-" ? undefined : await statFile(context, path);
  const kept = file?.isFile ? undefined : await keepInput(context, path);
  const readable = kept?.path ?? placeOf(context.launch, path);
  const open = async () => (await Deno.open(readable)).readable;
  try {
    const unpacked = await unpacking(open, title, path);
    return {
      name: kept ? "stdin.sql" : basename(path).replace(/\.gz$/i, ""),
      title,
      bytes: kept?.size ?? file!.size,
      isStream: kept !== undefined,
      open: unpacked,
      async [Symbol.asyncDispose]() {
        await kept?.[Symbol.asyncDispose]();
      },
    };
  } catch (error) {
    await kept?.[Symbol.asyncDispose]();
    throw error;
  }
}

async function statFile({ launch }: Context, path: string): Promise<Deno.FileInfo> {
  const location = placeOf(launch, path);
  try {
    const file = await Deno.stat(location);
    if (!file.isDirectory) return file;
  } catch (error) {
    throw new FileError(`Cannot read ${path}: ${reason(error)}.`, { cause: error });
  }
  const isDump = await Deno.stat(join(location, "toc.dat")).then(() => true, () => false);
  if (isDump) throw archive(path);
  throw new FileError(`${path} is a folder without SQL files.`, {
    hint: "Give an SQL file, or a folder of them, such as supabase/migrations.",
  });
}

/** How files begin that hold no text, and what makes it of them. */
const PACKED: readonly (readonly [readonly number[], (path: string) => FileError])[] = [
  [[0x50, 0x47, 0x44, 0x4d, 0x50], archive],
  // A tar file whose first member is `toc.dat`.
  [[...new TextEncoder().encode("toc.dat\0")], archive],
  [[0x28, 0xb5, 0x2f, 0xfd], (path) => compressed(path, "zstd -dc")],
  [[0xfd, 0x37, 0x7a, 0x58, 0x5a], (path) => compressed(path, "xz -dc")],
  [[0x42, 0x5a, 0x68], (path) => compressed(path, "bzip2 -dc")],
  [[0x04, 0x22, 0x4d, 0x18], (path) => compressed(path, "lz4 -dc")],
  [[0x50, 0x4b, 0x03, 0x04], (path) => compressed(path, "unzip -p")],
];
const GZIP = [0x1f, 0x8b];

async function unpacking(open: OpenFile, title: string, path: string): Promise<OpenFile> {
  const head = await headOf(open);
  refusePacked(head, path);
  refuseRows(head, path);
  if (!begins(head, GZIP)) return inUtf8(open, head);
  const unpacked = async () => (await open()).pipeThrough(await gunzip(title));
  const text = await headOf(unpacked);
  refusePacked(text, path);
  return inUtf8(unpacked, text);
}

function refusePacked(head: Uint8Array, path: string): void {
  const found = PACKED.find(([magic]) => begins(head, magic));
  if (found) throw found[1](path);
}

/** @throws {FileError} for rows alone, and for an answer of a backend with SQL in it */
function refuseRows(head: Uint8Array, path: string): void {
  const file = path === "-" ? "FILE" : shellWord(path);
  if (/\.csv$/i.test(path)) {
    throw new FileError(`${path} is CSV, not SQL.`, {
      hint: "Say whose rows they are: (echo 'COPY TABLE FROM stdin WITH (FORMAT csv, HEADER);'; " +
        `cat ${file}; echo '\\.') | insforge db import -`,
    });
  }
  const [first] = new TextDecoder().decode(head.subarray(0, 100)).trimStart();
  if (first !== "{" && first !== "[") return;
  throw new FileError(`${path} is JSON, not SQL.`, {
    hint: first === "["
      ? `Add rows by: insforge records create TABLE --data @${file}`
      : "If it is what a backend answered, take the SQL out of it: " +
        `jq -r .data ${file} | insforge db import -`,
  });
}

/** Every member of the file: a `DecompressionStream` takes one. */
async function gunzip(title: string) {
  const [{ Duplex }, { createGunzip }] = await Promise.all([
    import("node:stream"),
    import("node:zlib"),
  ]);
  const packed = Duplex.toWeb(createGunzip());
  const readable = ReadableStream.from(named(packed.readable, title));
  return { writable: packed.writable, readable } as ReadableWritablePair<
    Uint8Array<ArrayBuffer>,
    Uint8Array<ArrayBuffer>
  >;
}

/** @throws {FileError} for what is cut off or damaged */
async function* named(chunks: AsyncIterable<Uint8Array>, title: string) {
  try {
    yield* chunks;
  } catch (error) {
    throw new FileError(`${title} is no whole gzip file: ${reason(error)}.`, {
      hint: "Copy it, or make it, again.",
      cause: error,
    });
  }
}

/** The first bytes of a file, as many as come at once. */
export async function headOf(open: OpenFile): Promise<Uint8Array> {
  const reader = (await open()).getReader();
  const { value = new Uint8Array() } = await reader.read();
  await reader.cancel();
  return value;
}

function begins(bytes: Uint8Array, magic: readonly number[]): boolean {
  return magic.every((byte, index) => bytes[index] === byte);
}

function archive(path: string): FileError {
  const plain = `${basename(path).replace(/\.\w+$/, "")}.sql`;
  return new FileError(`${path} is an archive of pg_dump, which only pg_restore reads.`, {
    hint: path === "-"
      ? "Make a plain file of it: pg_restore -f plain.sql ARCHIVE"
      : `Make a plain file of it: pg_restore -f ${shellWord(plain)} ${shellWord(path)}`,
  });
}

function compressed(path: string, program: string): FileError {
  return new FileError(`${path} is compressed in a way that an import does not read.`, {
    hint: path === "-"
      ? `Unpack it first, with ${program}.`
      : `Unpack it on the way: ${program} ${shellWord(path)} | insforge db import -`,
  });
}
