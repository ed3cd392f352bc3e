import { Command } from "@cliffy/command";
import { deleteFunction } from "../../client/backend/functions.ts";
import type { Context, Run } from "../../cli/context.ts";
import type { Result } from "../../terminal/present.ts";
import { success } from "../../terminal/view.ts";

/** `insforge functions delete`: takes a function away, with its code. */
export const remove = (run: Run) =>
  new Command()
    .arguments("<slug:string>")
    .example("Delete without a question", "insforge functions delete hello -y")
    .action(run(runDelete));

/** Asks and deletes. */
async function runDelete(
  context: Context,
  _options: unknown,
  slug: string,
): Promise<Result> {
  await context.prompt.confirm(`Delete the function ${slug}? It cannot be undone.`);
  const answer = await deleteFunction(await context.backend(), slug);
  return { data: answer, view: success(`Function ${slug} was deleted.`) };
}
