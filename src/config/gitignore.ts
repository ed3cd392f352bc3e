/** Keeps the project's keys out of version control. */
import { join } from "@std/path";
import { appendToFile } from "../files/output_file.ts";
import { placeOf, type TypedPaths } from "../files/typed_path.ts";
import { CliError, FileError } from "../core/errors.ts";
import { reason } from "../files/reason.ts";

const ENTRY = ".insforge/";
const EQUIVALENT = new Set([".insforge", ".insforge/", "/.insforge", "/.insforge/"]);

/** The project, and how its user is asked about a small favour. */
interface Asker {
  readonly launch: TypedPaths & { readonly projectRoot: string };
  readonly prompt: { offer(question: string): Promise<boolean> };
}

/**
 * Adds `.insforge/` to the project's `.gitignore` unless a line there already covers it. A file
 * that is not of our making is changed only when the user, if one can be asked, agrees. Answers
 * whether the file was changed. @throws {FileError}
 */
export async function ignoreProjectFolder({ launch, prompt }: Asker): Promise<boolean> {
  const path = placeOf(launch, join(launch.projectRoot, ".gitignore"));
  try {
    const current = await readIfThere(path);
    if (current.split(/\r?\n/).some((line) => EQUIVALENT.has(line.trim()))) return false;
    if (current !== "" && !await prompt.offer(`Add ${ENTRY}, which holds keys, to .gitignore?`)) {
      return false;
    }
    const separator = current === "" || current.endsWith("\n") ? "" : "\n";
    await appendToFile(path, `${separator}${ENTRY}\n`);
    return true;
  } catch (error) {
    if (error instanceof CliError) throw error;
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
