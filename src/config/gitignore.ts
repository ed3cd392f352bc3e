/** Keeps the project's keys out of version control. */
import { join } from "@std/path";
import { FileError } from "../errors.ts";
import { reason } from "./json_file.ts";

const ENTRY = ".insforge/";
const EQUIVALENT = new Set([".insforge", ".insforge/", "/.insforge", "/.insforge/"]);

/**
 * Adds `.insforge/` to the directory's `.gitignore` unless a line there already covers it.
 * Answers whether the file was changed. @throws {FileError}
 */
export async function ignoreProjectFolder(root: string): Promise<boolean> {
  const path = join(root, ".gitignore");
  try {
    const current = await readIfThere(path);
    if (current.split(/\r?\n/).some((line) => EQUIVALENT.has(line.trim()))) return false;
    const separator = current === "" || current.endsWith("\n") ? "" : "\n";
    await Deno.writeTextFile(path, `${separator}${ENTRY}\n`, { append: true });
    return true;
  } catch (error) {
    throw new FileError(`Cannot add ${ENTRY} to ${path}: ${reason(error)}.`, {
      hint: "Add the line yourself: the folder holds keys.",
      cause: error,
    });
  }
}

async function readIfThere(path: string): Promise<string> {
  try {
    return await Deno.readTextFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return "";
    throw error;
  }
}
