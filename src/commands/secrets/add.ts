import { Command } from "@cliffy/command";
import { createSecret } from "../../client/backend/secrets.ts";
import type { Context, Run } from "../../cli/context.ts";
import { advised, CliError, UsageError } from "../../core/errors.ts";
import { noteUnread, readStdinValue, readTextInput } from "../../cli/input.ts";
import { dateOption } from "../../cli/options.ts";
import type { Result } from "../../terminal/present.ts";
import { success, table } from "../../terminal/view.ts";
import { parseEnvFile, unreadLines } from "../../files/env_file.ts";
import { confirmReserved } from "./reserved.ts";

interface Options {
  reserved?: boolean;
  expires?: string;
  envFile?: string;
}

/** `insforge secrets add`: one secret, or those of a file. */
export const add = (run: Run) =>
  new Command()
    .arguments("[key:string] [value:string]")
    .option("--reserved", "Make it permanent: nobody can change or delete it.")
    .option("--expires <date:string>", "When it ends, such as 2027-01-31T12:00:00Z.")
    .option("--env-file <path:string>", "Add every KEY=value line of a file.")
    .example("Be asked for the value", "insforge secrets add API_TOKEN")
    .example("Read the value from a pipe", "pass show token | insforge secrets add API_TOKEN -")
    .example("Add many", "insforge secrets add --env-file .env")
    .action(run(runAdd));

/** Adds a secret, whose value is an argument, standard input, or asked for without echo. */
async function runAdd(
  context: Context,
  options: Options,
  key?: string,
  value?: string,
): Promise<Result> {
  const expiresAt = dateOption(options.expires, "--expires");
  const settings = { isReserved: options.reserved, expiresAt };
  if (options.envFile !== undefined) {
    if (key !== undefined) throw new UsageError("Give either a key or --env-file.");
    return await addAll(context, await readTextInput(context, options.envFile), settings);
  }
  checkKey(key);
  const secret = value === "-"
    ? await readStdinValue(context)
    : value ?? await context.prompt.secret(
      `Value of ${key}`,
      "the value",
      `Nobody can be asked here: give it in a pipe to \`insforge secrets add ${key} -\`.`,
    );
  if (secret === "") throw new UsageError(`The value of ${key} is empty.`);
  if (options.reserved) await confirmReserved(context, key, UNDONE);
  const answer = await advised(
    createSecret(await context.backend(), { key, value: secret, ...settings }),
    409,
    `Change it with: insforge secrets update ${key}`,
  );
  return { data: answer, view: success(answer?.message ?? `Added ${key}.`) };
}

const UNDONE = "Nothing was added.";

type Settings = { readonly isReserved?: boolean; readonly expiresAt?: string };

/**
 * Adds each line of a file; one that is refused does not stop the others, and those without a value
 * are passed over: a secret has one.
 */
async function addAll(context: Context, file: string, settings: Settings): Promise<Result> {
  const lines = await parseEnvFile(file);
  for (const { key } of lines) checkKey(key);
  const entries = lines.filter(({ value }) => value !== "");
  const skipped = lines.filter(({ value }) => value === "").map(({ key }) => key);
  if (entries.length === 0) {
    throw new UsageError(
      lines.length === 0 ? "The file has no KEY=value line." : "No line of the file has a value.",
    );
  }
  if (skipped.length > 0) context.note(`Without a value, and so left out: ${skipped.join(", ")}.`);
  const unread = unreadLines(file);
  noteUnread(context, unread);
  if (settings.isReserved) {
    await confirmReserved(context, entries.map(({ key }) => key).join(", "), UNDONE);
  }
  const backend = await context.backend();
  using progress = context.progress("Adding secrets");
  const results: { key: string; success: boolean; error?: string }[] = [];
  for (const { key, value } of entries) {
    progress.update(`Adding ${key}`);
    try {
      await createSecret(backend, { key, value, ...settings });
      results.push({ key, success: true });
    } catch (error) {
      if (!(error instanceof CliError) || context.signal.aborted) throw error;
      results.push({ key, success: false, error: error.message });
    }
  }
  progress.stop();
  return {
    data: { secrets: results, skipped, unread },
    view: table(
      ["Key", "Result"],
      results.map(({ key, error }) => [key, error ?? "added"]),
      "",
    ),
    exitCode: results.every(({ success }) => success) ? 0 : 1,
  };
}

function checkKey(key: string | undefined): asserts key is string {
  if (key === undefined) {
    throw new UsageError("There is no key.", { hint: "Such as `insforge secrets add API_TOKEN`." });
  }
  if (!/^[A-Z0-9_]+$/.test(key)) {
    throw new UsageError(`${key} cannot be a key.`, {
      hint: "A key consists of upper-case letters, digits and underscores, such as API_TOKEN.",
    });
  }
}
