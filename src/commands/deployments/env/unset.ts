import { Command } from "@cliffy/command";
import { deleteEnvVar, listEnvVars } from "../../../client/backend/deployments.ts";
import type { Context, Run } from "../../../cli/context.ts";
import { NotFoundError } from "../../../core/errors.ts";
import type { Result } from "../../../terminal/present.ts";
import { success } from "../../../terminal/view.ts";

/** `insforge deployments env unset`: removes a variable of builds. */
export const unset = (run: Run) =>
  new Command()
    .arguments("<key-or-id:string>")
    .example("Remove without a question", "insforge deployments env unset VITE_API_URL -y")
    .action(run(runUnset));

/** Asks and removes. @throws {NotFoundError} when there is no such variable */
async function runUnset(
  context: Context,
  _options: unknown,
  name: string,
): Promise<Result> {
  const backend = await context.backend();
  const found = (await listEnvVars(backend)).filter(({ id, key }) => key === name || id === name);
  const [first] = found;
  if (!first) {
    throw new NotFoundError(`There is no variable ${name}.`, {
      hint: "`insforge deployments env list` shows the variables.",
    });
  }
  const { key } = first;
  await context.prompt.confirm(`Remove ${key}? Its value cannot be brought back.`);
  // A hosting may hold one key several times: for production, for previews.
  for (const { id } of found) await deleteEnvVar(backend, id);
  return { data: { success: true, key }, view: success(`Removed ${key}.`) };
}
