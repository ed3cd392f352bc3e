import { Command } from "@cliffy/command";
import { type SecretChanges, updateSecret } from "../../client/backend/secrets.ts";
import type { Context, Run } from "../../cli/context.ts";
import { UsageError } from "../../core/errors.ts";
import { readStdinValue } from "../../cli/input.ts";
import { booleanOption, dateOption } from "../../cli/options.ts";
import type { Result } from "../../terminal/present.ts";
import { success } from "../../terminal/view.ts";
import { confirmReserved } from "./reserved.ts";

interface Options {
  value?: string;
  active?: string;
  reserved?: string;
  expires?: string;
}

/** `insforge secrets update`: a new value, expiry or state; also brings a deleted one back. */
export const update = (run: Run) =>
  new Command()
    .arguments("<key:string>")
    .option("--value <value:string>", 'The new value; "-" reads it from standard input.')
    .option("--active <boolean:string>", "true brings a deleted secret back.")
    .option(
      "--reserved <boolean:string>",
      "true makes it permanent: nobody can change or delete it.",
    )
    .option("--expires <date:string>", 'When it ends; "null" takes the expiry away.')
    .example("Bring a deleted secret back", "insforge secrets update API_TOKEN --active true")
    .action(run(runUpdate));

/** Changes what the options name. @throws {UsageError} when they name nothing */
async function runUpdate(
  context: Context,
  options: Options,
  key: string,
): Promise<Result> {
  const changes: SecretChanges = {
    value: options.value === "-" ? await readStdinValue(context) : options.value,
    isActive: booleanOption(options.active, "--active"),
    isReserved: booleanOption(options.reserved, "--reserved"),
    expiresAt: options.expires === "null" ? null : dateOption(options.expires, "--expires"),
  };
  if (Object.values(changes).every((change) => change === undefined)) {
    throw new UsageError("There is nothing to change.", {
      hint: "Give --value, --active, --reserved or --expires.",
    });
  }
  if (changes.value === "") throw new UsageError(`The new value of ${key} is empty.`);
  if (changes.isReserved) await confirmReserved(context, key, "Nothing was changed.");
  const answer = await updateSecret(await context.backend(), key, changes);
  return { data: answer, view: success(answer?.message ?? `Updated ${key}.`) };
}
