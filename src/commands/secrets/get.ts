import { Command } from "@cliffy/command";
import { getSecret } from "../../client/backend/secrets.ts";
import type { Context, Run } from "../../cli/context.ts";
import type { Result } from "../../terminal/present.ts";
import { raw, text } from "../../terminal/view.ts";

/** `insforge secrets get`: a secret's value. */
export const get = (run: Run) =>
  new Command()
    .arguments("<key:string>")
    .example("Use it in a script", 'TOKEN="$(insforge secrets get API_TOKEN)"')
    .action(run(runGet));

/** Shows `KEY = value` on a terminal and the bare value elsewhere. */
async function runGet(context: Context, _options: unknown, key: string): Promise<Result> {
  const secret = await getSecret(await context.backend(), key);
  return {
    data: { key: secret.key, value: secret.value },
    view: context.terminal.stdoutIsTerminal
      ? text(`${secret.key} = ${secret.value}`)
      : raw(`${secret.value}\n`),
  };
}
