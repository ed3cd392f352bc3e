/** What `config plan` and `config apply` begin with: the file, the backend, and what differs. */
import { readSettings } from "../../client/backend/settings.ts";
import { readTextInput } from "../../cli/input.ts";
import type { Context } from "../../cli/context.ts";
import { FileError } from "../../core/errors.ts";
import { requirePlainFile } from "../../files/read_file.ts";
import { parseConfig, usualConfigFile } from "./config_file.ts";
import { type Plan, planOf } from "./difference.ts";

/**
 * Compares a file with the linked backend; names in it that mean nothing are warned of.
 * @param file the project's insforge.toml unless given
 * @throws {FileError}
 */
export async function comparePlan(context: Context, file?: string): Promise<Plan> {
  const path = file ?? usualConfigFile(context.launch.projectRoot);
  // What is typed may be a pipe.
  if (file === undefined) await requirePlainFile(path);
  const { values, unknown } = await parseConfig(await readConfig(context, path), path);
  if (unknown.length > 0) {
    context.warn(`${path} sets what is no setting: ${unknown.join(", ")}.`);
  }
  return planOf(await readSettings(await context.backend()), values);
}

async function readConfig(context: Context, path: string): Promise<string> {
  try {
    return await readTextInput(context, path);
  } catch (error) {
    if (!(error instanceof FileError && error.cause instanceof Deno.errors.NotFound)) throw error;
    throw new FileError(error.message, {
      hint: "Write it first with `insforge config export`, or name another one with --file.",
      cause: error.cause,
    });
  }
}
