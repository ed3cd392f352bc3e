/** JSON files on disk: read with clear errors, written whole or not at all. */
import { dirname } from "@std/path";
import { FileError } from "../core/errors.ts";
import { writeFileAtomically } from "./atomic.ts";
import { cannotRead, readFileIfPresent, readFileIfPresentSync } from "./read_file.ts";
import { reason } from "./reason.ts";

/** Of objects and arrays in each other. */
const MOST_LEVELS = 100;

export type JsonObject = Record<string, unknown>;

/**
 * Reads a JSON object. Answers `undefined` when there is no such file.
 * @throws {FileError} when the file cannot be read or holds no JSON object.
 */
export async function readJsonFile(path: string): Promise<JsonObject | undefined> {
  const text = await readFileIfPresent(path).catch((error) => {
    throw cannotRead(path, error, "Check the file's permissions.");
  });
  if (text === undefined) return undefined;
  try {
    return parseObject(path, text);
  } catch (error) {
    if (!(error instanceof FileError && error.cause instanceof SyntaxError)) throw error;
    throw invalid(path, error.cause, await brokenLine(text));
  }
}

/** The line, from 1, on which a text is no JSON any more; JavaScript names it for some alone. */
async function brokenLine(text: string): Promise<number> {
  const { parse } = await import("jsonc-parser");
  const errors: { offset: number }[] = [];
  parse(text, errors as never, { disallowComments: true });
  return text.slice(0, errors[0]?.offset ?? 0).split("\n").length;
}

/** {@link readJsonFile} for the launcher, for which a change of threads takes too long. */
export function readJsonFileSync(path: string): JsonObject | undefined {
  let text: string | undefined;
  try {
    text = readFileIfPresentSync(path);
  } catch (error) {
    throw cannotRead(path, error, "Check the file's permissions.");
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

function invalid(path: string, cause: unknown, line?: number): FileError {
  const where = line === undefined ? "" : `: line ${line}`;
  return new FileError(`${path} is not valid JSON${where}.`, {
    hint: "Mend or remove the file, then try again.",
    cause,
  });
}

function parseObject(path: string, text: string): JsonObject {
  let value: unknown;
  try {
    // Editors of Windows put a byte order mark before the text.
    value = JSON.parse(text.replace(/^\ufeff/, ""));
  } catch (error) {
    throw invalid(path, error);
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new FileError(`${path} does not hold a JSON object.`, {
      hint: "Mend or remove the file, then try again.",
    });
  }
  if (isDeeper(value, MOST_LEVELS)) {
    throw new FileError(`${path} is nested too deeply.`, {
      hint: "Mend or remove the file, then try again.",
    });
  }
  return value as JsonObject;
}

/** What is nested deeper cannot be handed to another thread. */
function isDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== "object" || value === null) return false;
  return levels === 0 || Object.values(value).some((inner) => isDeeper(inner, levels - 1));
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
