import { Command } from "@cliffy/command";
import { deleteUsers, findUser } from "../../../client/backend/auth.ts";
import type { Context, Run } from "../../../cli/context.ts";
import type { Result } from "../../../terminal/present.ts";
import { success } from "../../../terminal/view.ts";

/** `insforge auth users delete`: takes users away. */
export const remove = (run: Run) =>
  new Command()
    .arguments("<user...:string>")
    .example("By address", "insforge auth users delete ada@example.com")
    .example("By id", "insforge auth users delete 0f8fad5b-d9cb-469f-a165-70867728950e -y")
    .action(run(runDelete));

/** Finds all of them first, asks, and deletes them at once. */
async function runDelete(
  context: Context,
  _options: unknown,
  ...names: string[]
): Promise<Result> {
  const backend = await context.backend();
  const users = await Promise.all(names.map((name) => findUser(backend, name)));
  const addresses = users.map(({ email }) => email).join(", ");
  await context.prompt.confirm(`Delete ${addresses}, with all rows that go with the user?`);
  const { deletedCount } = await deleteUsers(backend, users.map(({ id }) => id));
  return {
    data: { deletedCount, users: users.map(({ id, email }) => ({ id, email })) },
    view: success(`Deleted ${addresses}.`),
  };
}
