import { Command } from "@cliffy/command";
import { join } from "@std/path";
import { appFolder } from "../../invocation/app_folder.ts";
import { anonKey } from "../../client/backend/auth.ts";
import { readEnvText, withVariables } from "../../files/env_file.ts";
import { writeOutputFile } from "../../files/output_file.ts";
import type { Context, Run } from "../../cli/context.ts";
import { choiceOption } from "../../cli/options.ts";
import type { Result } from "../../terminal/present.ts";
import { facts, success } from "../../terminal/view.ts";
import { type Framework, FRAMEWORK_NAMES, frameworkOf, publicPrefix } from "./frameworks.ts";

interface Options {
  framework?: string;
  output?: string;
}

/** `insforge env pull`: what an app has to know of its backend. */
export const pull = (run: Run) =>
  new Command()
    .option("--framework <name:string>", `${FRAMEWORK_NAMES.join(", ")} (default: package.json's).`)
    .option("-o, --output <path:string>", "The file (default: .env.local beside package.json).")
    .example("Tell the app in this folder", "insforge env pull")
    .example("Tell another file", "insforge env pull --framework vite -o .env.development.local")
    .action(run(runPull));

/**
 * Writes the address and the anonymous key, which every visitor of the app may have. The admin key
 * is never written.
 * @throws {UsageError} for an unknown framework @throws {FileError}
 */
async function runPull(context: Context, options: Options): Promise<Result> {
  const named = choiceOption(options.framework, "--framework", FRAMEWORK_NAMES);
  const path = options.output ?? join(appFolder(context.launch), ".env.local");
  const current = await readEnvText(context.launch, path);
  const framework = named ?? await frameworkHere(context);
  const { url } = await context.target();
  const key = await anonKey(await context.backend());
  const prefix = publicPrefix(framework);
  const variables = {
    [`${prefix}INSFORGE_URL`]: url,
    [`${prefix}INSFORGE_BASE_URL`]: url,
    [`${prefix}INSFORGE_ANON_KEY`]: key,
  };
  const text = withVariables(current, variables);
  await writeOutputFile(context.launch, path, ReadableStream.from([text]));
  const names = Object.keys(variables);
  return {
    data: { success: true, path, framework, variables: names },
    view: [
      success(`Wrote ${names.length} variables to ${path}.`),
      facts([["For", framework === "none" ? undefined : framework], ["Address", url]]),
    ],
  };
}

async function frameworkHere(context: Context): Promise<Framework> {
  try {
    return frameworkOf(
      JSON.parse(
        await readEnvText(context.launch, join(appFolder(context.launch), "package.json")),
      ),
    );
  } catch (error) {
    if (error instanceof SyntaxError) return "none";
    throw error;
  }
}
