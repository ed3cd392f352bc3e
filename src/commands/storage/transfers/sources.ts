/** What is to be uploaded: files, and the files of folders. */
import { basename, join, relative, SEPARATOR } from "@std/path";
import { reason } from "../../../files/reason.ts";
import { absolutePath, placeOf, type TypedPaths } from "../../../files/typed_path.ts";
import { isPrivateHardLink } from "../../../files/file_kind.ts";
import { privateNameIn } from "../../../files/private_names.ts";
import { undecodableNames } from "../../../files/undecodable_names.ts";
import { isDataDir } from "../../../shared/contract/state.ts";
import { FileError, UsageError } from "../../../core/errors.ts";

/** What the operands hold. */
export interface Sources {
  readonly sources: readonly Source[];
  /** What is in the folders but is no file: links, which could lead out of them, pipes, devices. */
  readonly leftOut: readonly string[];
  /** What holds keys or passwords, by its name: files, and folders with a slash. */
  readonly privateFiles: readonly string[];
  /** What cannot be read because its name is no UTF-8, with U+FFFD in its place. */
  readonly undecodable: readonly string[];
}

/** A file and the key that its object gets. */
export interface Source {
  /** As the user named it, or below what the user named. */
  readonly name: string;
  readonly path: string;
  readonly size: number;
  readonly key: string;
}

/**
 * Finds the files behind the operands.
 * @param options.key the key of a single file; with several, and with folders, what all keys begin
 * with. Without it the keys of a folder begin with its name, as `cp -r` does it: what is downloaded
 * by that prefix is the folder again.
 * @throws {FileError} for what cannot be read @throws {UsageError} for a folder without `recursive`
 */
export async function findSources(
  launch: TypedPaths,
  operands: readonly string[],
  { key, recursive }: { readonly key?: string; readonly recursive: boolean },
): Promise<Sources> {
  const found: Source[] = [];
  const leftOut: string[] = [];
  const privateFiles: string[] = [];
  const undecodable: string[] = [];
  const isSingle = operands.length === 1 && !key?.endsWith("/");
  for (const operand of operands) {
    const path = placeOf(launch, operand);
    const { isDirectory, isFile, size } = await stat(path, operand);
    if (isDirectory) {
      if (!recursive) {
        throw new UsageError(`${operand} is a folder.`, { hint: "Upload it with --recursive." });
      }
      const prefix = prefixOf(key === undefined ? ownName(launch.cwd, operand) : key);
      const folder = await findInFolder(operand, path, prefix);
      found.push(...folder.sources);
      leftOut.push(...folder.leftOut);
      privateFiles.push(...folder.privateFiles);
      undecodable.push(...folder.undecodable);
    } else if (!isFile) {
      throw new FileError(`${operand} is no file.`, { hint: "Use - to upload standard input." });
    } else {
      const own = isSingle && key
        ? key
        : prefixOf(key) + basename(absolutePath(launch.cwd, operand));
      found.push({ name: operand, path, size, key: own });
    }
  }
  const keys = Map.groupBy(found, (source) => source.key);
  const twice = keys.values().find((sources) => sources.length > 1);
  if (twice) {
    throw new UsageError(
      `${twice[0]!.name} and ${twice[1]!.name} would have the same key: ${twice[0]!.key}`,
      { hint: "Upload them one by one, with --key." },
    );
  }
  return { sources: found, leftOut, privateFiles, undecodable };
}

async function findInFolder(operand: string, folder: string, prefix: string): Promise<Sources> {
  const sources: Source[] = [];
  const leftOut: string[] = [];
  const privateFiles: string[] = [];
  const folders: string[] = [];
  const nameOf = (rest: string) => `${operand.replace(/[\\/]+$/, "")}/${rest}`;

  async function walk(location: string, below: string): Promise<void> {
    const entries = await Array.fromAsync(Deno.readDir(location));
    if (isDataDir(entries.map(({ name }) => name))) return void privateFiles.push(nameOf(below));
    folders.push(location);
    for (const { name, isFile, isDirectory } of entries) {
      const [path, rest] = [join(location, name), below + name];
      if (privateNameIn(name, isDirectory)) privateFiles.push(nameOf(rest + (isFile ? "" : "/")));
      else if (isDirectory) await walk(path, `${rest}/`);
      else if (!isFile) leftOut.push(nameOf(rest));
      else {
        const info = await Deno.stat(path);
        if (isPrivateHardLink(info)) privateFiles.push(nameOf(rest));
        else sources.push({ name: nameOf(rest), path, size: info.size, key: prefix + rest });
      }
    }
  }

  try {
    await walk(folder, "");
  } catch (error) {
    throw new FileError(`Cannot read ${operand}: ${reason(error)}.`, { cause: error });
  }
  sources.sort((a, b) => a.key < b.key ? -1 : 1);
  const undecodable = (await undecodableNames(folders))
    .map((path) => nameOf(relative(folder, path).replaceAll(SEPARATOR, "/")));
  return { sources, leftOut, privateFiles, undecodable };
}

/** The name of a folder; none for the working directory, whose files are meant. */
function ownName(cwd: string, operand: string): string {
  const path = absolutePath(cwd, operand);
  return path === cwd ? "" : basename(path);
}

function prefixOf(key: string | undefined): string {
  if (key === undefined || key === "") return "";
  return key.endsWith("/") ? key : `${key}/`;
}

async function stat(path: string, operand: string): Promise<Deno.FileInfo> {
  try {
    return await Deno.stat(path);
  } catch (error) {
    throw new FileError(`Cannot read ${operand}: ${reason(error)}.`, { cause: error });
  }
}
