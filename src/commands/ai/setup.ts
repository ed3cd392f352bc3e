import { Command } from "@cliffy/command";
import { basename, join } from "@std/path";
import { openRouterKey } from "../../client/backend/ai.ts";
import type { Context, Run } from "../../cli/context.ts";
import { ignoreLocalEnvFiles } from "../../config/gitignore.ts";
import { parseEnvFile, readEnvText, withVariables } from "../../files/env_file.ts";
import { appFolder } from "../../invocation/app_folder.ts";
import { writeOutputFile } from "../../files/output_file.ts";
import type { Result } from "../../terminal/present.ts";
import { success, text } from "../../terminal/view.ts";

const NAME = "OPENROUTER_API_KEY";

/** `insforge ai setup`: the key for the app's own server. */
export const setup = (run: Run) =>
  new Command()
    .option("--env-file <path:string>", "The file (default: .env.local beside package.json).")
    .example("Give the app's server the key", "insforge ai setup")
    .action(run(runSetup));

/**
 * Writes the key where it is not yet, and keeps the file out of git. Another key that is there
 * stays. @throws {FileError}
 */
async function runSetup(context: Context, { envFile }: { envFile?: string }): Promise<Result> {
  const { launch } = context;
  const path = envFile ?? join(appFolder(launch), ".env.local");
  const current = await readEnvText(launch, path);
  const { apiKey, maskedKey } = await openRouterKey(await context.backend());
  const there = (await parseEnvFile(current)).find(({ key }) => key === NAME)?.value;
  const found = there === undefined ? "added" : there === apiKey ? "skipped" : "mismatched";
  if (found === "added") {
    await writeOutputFile(
      launch,
      path,
      ReadableStream.from([
        withVariables(current, { [NAME]: apiKey }),
      ]),
    );
  }
  if (found === "mismatched") {
    context.warn(`${path} has another ${NAME}, which stays: remove it there to have this one.`);
  }
  const isLocal = /^\.env(\..+)?\.local$/.test(basename(path));
  const gitignoreUpdated = isLocal && await ignoreLocalEnvFiles(context);
  if (!isLocal) context.warn(`Keep ${path} out of git: it holds a key.`);
  const names = (state: typeof found) => found === state ? [NAME] : [];
  return {
    data: {
      success: true,
      envFile: path,
      added: names("added"),
      skipped: names("skipped"),
      mismatched: names("mismatched"),
      gitignoreUpdated,
      maskedKey,
    },
    view: [
      success(found === "added" ? `Wrote ${NAME} to ${path}.` : `${path} stays as it is.`),
      text(`It is for the app's server alone: no ${NAME} with a prefix for browsers.`),
    ],
  };
}
