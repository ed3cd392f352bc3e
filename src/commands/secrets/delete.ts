import { Command } from "@cliffy/command";
import { deleteSecret } from "../../client/backend/secrets.ts";
import type { Context, Run } from "../../cli/context.ts";
import { advised } from "../../core/errors.ts";
import type { Result } from "../../terminal/present.ts";
import { success, text } from "../../terminal/view.ts";

/** `insforge secrets delete`: marks a secret inactive. */
export const remove = (run: Run) =>
  new Command()
    .arguments("<key:string>")
    .example("Delete without a question", "insforge secrets delete API_TOKEN -y")
    .action(run(runDelete));

/** Asks and deletes; what was deleted can be brought back, and the question says so. */
async function runDelete(
  context: Context,
  _options: unknown,
  key: string,
): Promise<Result> {
  await context.prompt.confirm(`Delete ${key}? It can be undone.`);
  const restore = `insforge secrets update ${key} --active true`;
  const answer = await advised(deleteSecret(await context.backend(), key), 403, PERMANENT);
  return {
    data: answer,
    view: [
      success(answer?.message ?? `Deleted ${key}.`),
      text(`\`${restore}\` brings it back.`),
    ],
  };
}

/** What the backend refuses to delete is reserved, whoever asks. */
const PERMANENT = "What is reserved is permanent; `insforge secrets list` shows which secrets are.";
