/** The global options that say where and in what environment an invocation runs. */
import { environmentVariable } from "../core/environment.ts";
import { FileError, UsageError } from "../core/errors.ts";
import { parseEnvFile } from "../files/env_file.ts";
import { reason } from "../files/reason.ts";
import type { Invocation } from "./argv.ts";

/**
 * Follows `--cwd` and `--env-file`, in this order: the file's path is one in the folder. To be
 * called before anything is read of either.
 * @throws {UsageError} for a folder or a file that is not what it should be @throws {FileError}
 */
export async function followGlobalOptions(invocation: Invocation): Promise<void> {
  const folder = invocation.values.get("--cwd")?.at(-1);
  if (folder !== undefined) enterFolder(folder);
  const file = invocation.values.get("--env-file")?.at(-1);
  // Some commands have a use of their own for such a file.
  if (file !== undefined && !invocation.reach.read?.includes("--env-file")) {
    await readVariables(file);
  }
}

function enterFolder(folder: string): void {
  try {
    Deno.chdir(folder);
  } catch (error) {
    throw new UsageError(`--cwd ${JSON.stringify(folder)}: ${reason(error)}.`, {
      hint: "Name a folder that is there.",
      cause: error,
    });
  }
}

/** Sets this program's own variables, as far as the environment does not. */
async function readVariables(file: string): Promise<void> {
  const text = await Deno.readTextFile(file).catch((error) => {
    throw new FileError(`Cannot read ${file}: ${reason(error)}.`, { cause: error });
  });
  const own = (await parseEnvFile(text)).filter(({ key }) => key.startsWith("INSFORGE_"));
  if (own.length === 0) {
    throw new UsageError(`${file} sets no INSFORGE_ variable.`, {
      hint: "Such as a line INSFORGE_PROJECT_ID=… ; the README lists them.",
    });
  }
  for (const { key, value } of own) {
    if (environmentVariable(key) === undefined) Deno.env.set(key, value);
  }
}
