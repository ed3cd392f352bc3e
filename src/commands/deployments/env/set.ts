import { Command } from "@cliffy/command";
import { setEnvVars } from "../../../client/backend/deployments.ts";
import type { EnvVar } from "../../../shared/contract/backend.ts";
import type { Context, Run } from "../../../cli/context.ts";
import { parseEnvFile, unreadLines } from "../../../files/env_file.ts";
import { UsageError } from "../../../core/errors.ts";
import { noteUnread, readStdinValue, readTextInput } from "../../../cli/input.ts";
import type { Result } from "../../../terminal/present.ts";
import { success, text } from "../../../terminal/view.ts";

/** `insforge deployments env set`: a variable of builds, or those of a file. */
export const set = (run: Run) =>
  new Command()
    .arguments("[key:string] [value:string]")
    .option("--env-file <path:string>", "Set every KEY=value line of a file.")
    .example("Set one", "insforge deployments env set VITE_API_URL https://api.example.com")
    .example("Read the value from a pipe", "pass show key | insforge deployments env set KEY -")
    .example("Set many", "insforge deployments env set --env-file .env.production")
    .action(run(runSet));

/** Sets variables, all or none; a value is an argument, standard input, or asked for. */
async function runSet(
  context: Context,
  options: { envFile?: string },
  key?: string,
  value?: string,
): Promise<Result> {
  const envVars = options.envFile === undefined
    ? [await single(context, key, value)]
    : await ofFile(context, options.envFile, key);
  const answer = await setEnvVars(await context.backend(), envVars);
  return {
    data: answer,
    view: [
      success(`Set ${envVars.map(({ key }) => key).join(", ")}.`),
      text("It holds from the next deployment on."),
    ],
  };
}

async function single(context: Context, key?: string, value?: string): Promise<EnvVar> {
  if (key === undefined) {
    throw new UsageError("There is no key.", {
      hint: "Such as `insforge deployments env set VITE_API_URL https://api.example.com`.",
    });
  }
  checkKey(key);
  if (value === "-") return { key, value: await readStdinValue(context) };
  return { key, value: value ?? await context.prompt.secret(`Value of ${key}`, "the value") };
}

async function ofFile(context: Context, file: string, key?: string): Promise<EnvVar[]> {
  if (key !== undefined) throw new UsageError("Give either a key or --env-file.");
  const lines = await readTextInput(context, file);
  const envVars = await parseEnvFile(lines);
  if (envVars.length === 0) throw new UsageError("The file has no KEY=value line.");
  for (const { key } of envVars) checkKey(key);
  noteUnread(context, unreadLines(lines));
  return envVars;
}

function checkKey(key: string): void {
  if (/^[A-Za-z_][A-Za-z0-9_]*$/.test(key)) return;
  throw new UsageError(`${key} cannot be a key.`, {
    hint: "A key consists of letters, digits and underscores, such as VITE_API_URL.",
  });
}
