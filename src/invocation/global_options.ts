/** The global options that say where and in what environment an invocation runs. */
import { KEY_VARIABLE, URL_VARIABLE } from "../config/target.ts";
import { environmentVariable } from "../core/environment.ts";
import { FileError, UsageError } from "../core/errors.ts";
import { parseEnvFile } from "../files/env_file.ts";
import { realPlace } from "../files/real_path.ts";
import { reason } from "../files/reason.ts";
import type { Invocation } from "./argv.ts";
import { typedPlace } from "./grants/places.ts";

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

/**
 * Variables that say where the account's tokens and the data go, what is run, what a person has to
 * approve and whose folders are trusted: a file may have come with a repository, whose authors do
 * not decide that.
 */
const OF_ENVIRONMENT: ReadonlySet<string> = new Set([
  "INSFORGE_ALLOW_HOSTS",
  "INSFORGE_API_URL",
  "INSFORGE_CACHE_DIR",
  "INSFORGE_CHECKOUT_COMMAND",
  "INSFORGE_DATABASE_URL",
  "INSFORGE_STORAGE_URL",
  "INSFORGE_DOWNLOAD_URL",
  "INSFORGE_FEEDBACK_URL",
  "INSFORGE_FRONTEND_URL",
  "INSFORGE_GUARD",
  "INSFORGE_GUARD_BYPASS",
  "INSFORGE_GUARD_IMPACT",
  "INSFORGE_GUARD_RECOMMENDATION",
  "INSFORGE_GUARD_REQUIRE_BRIEF",
  "INSFORGE_GUARD_SUMMARY",
  "INSFORGE_POSTGRES_BIN",
  "INSFORGE_SAFE_DIRECTORY",
  "INSFORGE_TEMPLATES_URL",
]);

/**
 * Sets this program's own variables, as far as the environment does not.
 * @throws {FileError} for a link that leads out of the folder, too
 */
async function readVariables(file: string): Promise<void> {
  const cwd = realPlace(Deno.cwd());
  const { path } = typedPlace({ cwd, projectRoot: cwd }, file, "read");
  const text = await Deno.readTextFile(path).catch((error) => {
    throw new FileError(`Cannot read ${file}: ${reason(error)}.`, { cause: error });
  });
  const own = (await parseEnvFile(text)).filter(({ key }) => key.startsWith("INSFORGE_"));
  const kept = own.find(({ key }) => OF_ENVIRONMENT.has(key));
  if (kept) {
    throw new UsageError(`${file} sets ${kept.key}, which no file may set.`, {
      hint: "It says what is trusted: set it in the environment, and take it out of the file.",
    });
  }
  if (own.length === 0) {
    throw new UsageError(`${file} sets no INSFORGE_ variable.`, {
      hint: "Such as a line INSFORGE_PROJECT_ID=… ; the README lists them.",
    });
  }
  const chooses = own.some(({ key }) => key === URL_VARIABLE) && !environmentVariable(URL_VARIABLE);
  if (chooses && environmentVariable(KEY_VARIABLE)) {
    throw new UsageError(
      `${file} would choose where the ${KEY_VARIABLE} of the environment goes.`,
      {
        hint:
          `Set ${URL_VARIABLE} in the environment as well, or ${KEY_VARIABLE} in the file alone.`,
      },
    );
  }
  for (const { key, value } of own) {
    if (environmentVariable(key) === undefined) Deno.env.set(key, value);
  }
}
