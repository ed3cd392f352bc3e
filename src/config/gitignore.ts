/** Keeps the project's keys out of version control. */
import { join } from "@std/path";
import { appendToFile } from "../files/output_file.ts";
import { placeOf, type TypedPaths } from "../files/typed_path.ts";
import { CliError, FileError } from "../core/errors.ts";
import { reason } from "../files/reason.ts";
import { readFileIfPresent } from "../files/read_file.ts";

/** What holds keys, as a line of `.gitignore`, and the lines that cover it. */
interface Entry {
  readonly line: string;
  readonly equivalents: readonly string[];
}

const PROJECT_FOLDER: Entry = {
  line: ".insforge/",
  equivalents: [".insforge", ".insforge/", "/.insforge", "/.insforge/"],
};
const LOCAL_ENV_FILES: Entry = {
  line: ".env*.local",
  equivalents: [".env*", ".env.*", ".env*.local", ".env.local", "*.local"],
};

/** The project, and how its user is asked about a small favour. */
interface Asker {
  readonly launch: TypedPaths & { readonly projectRoot: string };
  readonly prompt: { offer(question: string): Promise<boolean> };
}

/** Adds `.insforge/` to the project's `.gitignore`. @throws {FileError} */
export function ignoreProjectFolder(asker: Asker): Promise<boolean> {
  return ignore(asker, PROJECT_FOLDER);
}

/** Adds `.env.local` and its like to the project's `.gitignore`. @throws {FileError} */
export function ignoreLocalEnvFiles(asker: Asker): Promise<boolean> {
  return ignore(asker, LOCAL_ENV_FILES);
}

/**
 * Adds an entry unless a line already covers it. A file that is not of our making is changed only
 * when the user, if one can be asked, agrees. Answers whether the file was changed.
 */
async function ignore({ launch, prompt }: Asker, { line, equivalents }: Entry): Promise<boolean> {
  const path = placeOf(launch, join(launch.projectRoot, ".gitignore"));
  try {
    const current = await readIfThere(path);
    if (current.split(/\r?\n/).some((line) => equivalents.includes(line.trim()))) return false;
    if (current !== "" && !await prompt.offer(`Add ${line}, which holds keys, to .gitignore?`)) {
      return false;
    }
    const separator = current === "" || current.endsWith("\n") ? "" : "\n";
    await appendToFile(path, `${separator}${line}\n`);
    return true;
  } catch (error) {
    if (error instanceof CliError) throw error;
    throw new FileError(`Cannot add ${line} to ${path}: ${reason(error)}.`, {
      hint: "Add the line yourself: what it names holds keys.",
      cause: error,
    });
  }
}

async function readIfThere(path: string): Promise<string> {
  return await readFileIfPresent(path) ?? "";
}
