import { Command } from "@cliffy/command";
import { createUser, findUser } from "../../../client/backend/auth.ts";
import type { Context, Run } from "../../../cli/context.ts";
import { readStdinValue } from "../../../cli/input.ts";
import { UsageError } from "../../../core/errors.ts";
import type { Result } from "../../../terminal/present.ts";
import { success } from "../../../terminal/view.ts";

interface Options {
  name?: string;
  unconfirmed?: boolean;
}

/** `insforge auth users create`: a user who can sign in at once. */
export const create = (run: Run) =>
  new Command()
    .arguments("<email:string> [password:string]")
    .option("--name <name:string>", "What the profile calls the user.")
    .option("--unconfirmed", "Leave the address to be confirmed.")
    .example("Be asked for the password", "insforge auth users create ada@example.com")
    .example(
      "Read the password from a pipe",
      "pass show ada | insforge auth users create ada@example.com -",
    )
    .action(run(runCreate));

/** Adds a user, whose password is an argument, standard input, or asked for without echo. */
async function runCreate(
  context: Context,
  { name, unconfirmed = false }: Options,
  email: string,
  given?: string,
): Promise<Result> {
  if (!email.includes("@")) throw new UsageError(`${email} is no address.`);
  const password = given === "-"
    ? await readStdinValue(context)
    : given ?? await context.prompt.secret(`Password of ${email}`, "the password");
  const backend = await context.backend();
  await createUser(backend, { email, password, name, autoConfirm: !unconfirmed });
  const user = await findUser(backend, email);
  return { data: user, view: success(`Added ${user.email} with the id ${user.id}.`) };
}
