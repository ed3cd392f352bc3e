/** JSON files on disk: read with clear errors, written whole or not at all. */
import { dirname } from "@std/path";
import { FileError } from "../core/errors.ts";
import { writeFileAtomically } from "./atomic.ts";
import { readFileIfPresent, readFileIfPresentSync } from "./read_file.ts";
import { reason } from "./reason.ts";

export type JsonObject = Record<string, unknown>;

/**
 * Reads a JSON object. Answers `undefined` when there is no such file.
 * @throws {FileError} when the file cannot be read or holds no JSON object.
 */
export async function readJsonFile(path: string): Promise<JsonObject | undefined> {
  const text = await readFileIfPresent(path).catch((error) => {
    throw cannotRead(path, error);
  });
  return text === undefined ? undefined : parseObject(path, text);
}

/** {@link readJsonFile} for the launcher, for which a change of threads takes too long. */
export function readJsonFileSync(path: string): JsonObject | undefined {
  let text: string | undefined;
  try {
    text = readFileIfPresentSync(path);
  } catch (error) {
    throw cannotRead(path, error);
  }
  return text === undefined ? undefined : parseObject(path, text);
}

/** {@link readJsonFileSync} where a file that cannot be read is as good as none. */
export function readJsonFileIfSound(path: string): JsonObject {
  try {
    return readJsonFileSync(path) ?? {};
  } catch {
    return {};
  }
}

function cannotRead(path: string, error: unknown): FileError {
  if (error instanceof FileError) return error;
  return new FileError(`Cannot read ${path}: ${reason(error)}.`, {
    hint: "Check the file's permissions.",
    cause: error,
  });
}

function parseObject(path: string, text: string): JsonObject {
  let value: unknown;
  try {
    // Editors of Windows put a byte order mark before the text.
    value = JSON.parse(text.replace(/^\ufeff/, ""));
  } catch (error) {
    throw new FileError(`${path} is not valid JSON.`, {
      hint: "Mend or remove the file, then try again.",
      cause: error,
    });
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new FileError(`${path} does not hold a JSON object.`, {
      hint: "Mend or remove the file, then try again.",
    });
  }
  return value as JsonObject;
}

/**
 * Writes an object whole or not at all, with mode 0600, in a folder of mode 0700 when it has to be
 * made.
 * @throws {FileError} when the folder or file cannot be written.
 */
export async function writeJsonFile(path: string, value: JsonObject): Promise<void> {
  try {
    await Deno.mkdir(dirname(path), { recursive: true, mode: 0o700 });
    await writeFileAtomically(path, JSON.stringify(value, null, 2));
  } catch (error) {
    throw new FileError(`Cannot write ${path}: ${reason(error)}.`, {
      hint: "Check that the folder is writable and the disk is not full.",
      cause: error,
    });
  }
}

/** Removes a file; one that is not there is fine. */
export async function removeFile(path: string): Promise<void> {
  try {
    await Deno.remove(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) {
      throw new FileError(`Cannot remove ${path}: ${reason(error)}.`, { cause: error });
    }
  }
}
