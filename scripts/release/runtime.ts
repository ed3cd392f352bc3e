/**
 * Puts the prepared files behind Deno's runtime, before `deno compile` appends its own section: the
 * runtime finds that from the file's end, so what lies between is read by nobody but the commands
 * that need it. So it is with ELF; executables of other formats embed these files.
 */
import { configure, Uint8ArrayReader, Uint8ArrayWriter, ZipReader } from "@zip-js/zip-js";
import { exists, walk } from "@std/fs";
import { join, relative } from "@std/path";
import type { CarriedFiles } from "../../src/files/prepared_files.ts";

/** A runtime for `DENORT_BIN`, and what the program has to know of what lies behind it. */
export interface Runtime {
  readonly path: string;
  readonly carried: CarriedFiles;
}

/**
 * Writes such a runtime for a target.
 * @param folder of the prepared files
 * @returns `undefined` where the files have to be embedded
 */
export async function carryFiles(
  folder: string,
  target: string,
  flags: readonly string[],
): Promise<Runtime | undefined> {
  const source = target.includes("linux") ? await plainRuntime(target, flags) : undefined;
  if (!source) return undefined;
  const { size } = await Deno.stat(source);
  const files: Record<string, [start: number, size: number]> = {};
  const parts: Uint8Array<ArrayBuffer>[] = [];
  let end = 0;
  for (const name of await namesIn(folder)) {
    const bytes = await Deno.readFile(join(folder, name));
    files[name] = [end, bytes.length];
    parts.push(bytes);
    end += bytes.length;
  }
  const contents = await new Blob(parts).bytes();
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", contents));
  const path = `.setup/runtime-${target}`;
  await Deno.copyFile(source, path);
  using runtime = await Deno.open(path, { append: true });
  await new Blob([digest, contents]).stream().pipeTo(runtime.writable, { preventClose: true });
  return { path, carried: { offset: size, digest: digest.toHex(), files } };
}

/** Whether an executable that was compiled over such a runtime has the files where it looks. */
export async function hasCarried(path: string, carried: CarriedFiles): Promise<boolean> {
  const size = Object.values(carried.files).reduce((sum, [, size]) => sum + size, 0);
  const start = carried.offset + carried.digest.length / 2;
  const executable = await Deno.readFile(path);
  const contents = executable.subarray(start, start + size);
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", contents));
  return executable.subarray(carried.offset, start).toHex() === carried.digest &&
    digest.toHex() === carried.digest;
}

async function namesIn(folder: string): Promise<string[]> {
  const names: string[] = [];
  for await (const { path } of walk(folder, { includeDirs: false })) {
    names.push(relative(folder, path).replaceAll("\\", "/"));
  }
  return names.sort();
}

/** The runtime as it was released: what `DENORT_BIN` names, else what Deno fetches to compile. */
async function plainRuntime(
  target: string,
  flags: readonly string[],
): Promise<string | undefined> {
  const given = Deno.env.get("DENORT_BIN");
  if (given) return given;
  const unpacked = `.setup/denort-${Deno.version.deno}-${target}`;
  if (await exists(unpacked)) return unpacked;
  const archive = `${
    Deno.env.get("DENO_DIR")
  }/dl/release/v${Deno.version.deno}/denort-${target}.zip`;
  if (!await exists(archive)) await fetchRuntime(target, flags);
  // A Deno that keeps its runtimes elsewhere costs each start some milliseconds, no more.
  if (!await exists(archive)) return undefined;
  configure({ useWebWorkers: false });
  const entries = new ZipReader(new Uint8ArrayReader(await Deno.readFile(archive)));
  const [runtime] = await entries.getEntries();
  if (!runtime || runtime.directory) throw new Error(`${archive} holds no runtime`);
  await Deno.writeFile(unpacked, await runtime.getData(new Uint8ArrayWriter()), { mode: 0o755 });
  return unpacked;
}

/** Deno keeps the runtime that it fetches to compile a program, whichever that is. */
async function fetchRuntime(target: string, flags: readonly string[]): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "insforge-runtime-" });
  try {
    const source = join(folder, "empty.ts");
    await Deno.writeTextFile(source, "");
    const args = [
      "compile",
      "--quiet",
      ...flags,
      "--target",
      target,
      "--output",
      join(folder, "empty"),
    ];
    await new Deno.Command(Deno.execPath(), { args: [...args, source] }).output();
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
