/** The author's own files, as far as a function is made of them. */
import { dirname, relative, resolve } from "@std/path";
import { FileError } from "../../core/errors.ts";
import { isPipeOrDevice, isPrivateHardLink } from "../../files/file_kind.ts";
import { privateNameIn } from "../../files/private_names.ts";
import { isWithin, placeWithin } from "../../files/real_path.ts";
import { SourceError } from "./source_error.ts";

export interface LocalFiles {
  /** Reads a file by its path from the root. @throws {SourceError | FileError} */
  read(path: string): Promise<Uint8Array<ArrayBuffer>>;
  /** The absolute paths of all that was read, or was looked for. */
  readonly files: readonly string[];
  /** The texts of all that was read, by their paths from the root. */
  texts(): Record<string, string>;
  /** Reads everything anew the next time. */
  forget(): void;
}

/** @param given files that are no files: their texts by name */
export function localFiles(given: Readonly<Record<string, string>>, root: string): LocalFiles {
  const known = new Map<string, Promise<Uint8Array<ArrayBuffer>>>();
  const read = new Map<string, Uint8Array<ArrayBuffer>>();
  return {
    async read(path) {
      const text = given[path];
      if (text !== undefined) {
        const bytes = new TextEncoder().encode(text);
        read.set(path, bytes);
        return bytes;
      }
      let file = known.get(path);
      if (!file) known.set(path, file = readFile(resolve(root, path), root));
      const bytes = await file;
      read.set(path, bytes);
      return bytes;
    },
    get files() {
      return [...known.keys()].map((path) => resolve(root, path));
    },
    texts() {
      const decoder = new TextDecoder();
      return Object.fromEntries([...read].map(([path, bytes]) => [path, decoder.decode(bytes)]));
    },
    forget() {
      known.clear();
      read.clear();
    },
  };
}

/**
 * Makes sure that a source lies in the root, links resolved, and in no private folder of it.
 * @throws {SourceError | FileError}
 */
export function requireOwnSource(path: string, root: string): void {
  requirePublic(path, root);
  if (!isWithin(root, path)) throw outside(path, root);
  placeWithin(root, path);
}

async function readFile(path: string, root: string): Promise<Uint8Array<ArrayBuffer>> {
  const name = relative(root, path);
  requirePublic(path, root);
  try {
    const place = isWithin(root, path) ? placeWithin(root, path) : path;
    const info = await Deno.stat(place);
    if (isPrivateHardLink(info)) throw otherName(name);
    if (isPipeOrDevice(info)) throw new SourceError(`${name} is not a file`);
    return await Deno.readFile(place);
  } catch (error) {
    if (error instanceof FileError || error instanceof SourceError) throw error;
    if (error instanceof Deno.errors.NotCapable) throw outside(path, root, error);
    if (error instanceof Deno.errors.NotFound) {
      throw new SourceError(`The file ${name} is not there`, { cause: error });
    }
    if (error instanceof Deno.errors.IsADirectory) {
      throw new SourceError(`${name} is a folder: name the file in it`, { cause: error });
    }
    throw new SourceError(`The file ${name} cannot be read`, { cause: error });
  }
}

function requirePublic(path: string, root: string): void {
  const name = relative(root, path);
  const secret = privateNameIn(name);
  if (!secret) return;
  const why = privateNameIn(dirname(name), true) ? `is in ${secret}` : "has the name of a secret";
  throw new SourceError(`The file ${name} ${why}, which is never uploaded`, {
    hint: "What a function needs in secret is kept with `insforge secrets add`.",
  });
}

function otherName(name: string): SourceError {
  return new SourceError(
    `The file ${name} is another name of a file that its owner alone may read`,
    { hint: "Put a copy in its place if you mean it: what has keys is never uploaded." },
  );
}

function outside(path: string, root: string, cause?: unknown): SourceError {
  return new SourceError(`The file ${relative(root, path)} is outside of ${root}`, {
    hint: "Functions import what lies below the linked directory: link one that holds both.",
    cause,
  });
}
