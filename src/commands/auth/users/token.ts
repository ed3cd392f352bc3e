import { Command } from "@cliffy/command";
import { findUser, signUserToken } from "../../../client/backend/auth.ts";
import type { Context, Run } from "../../../cli/context.ts";
import { wholeNumberOption } from "../../../cli/options.ts";
import type { Result } from "../../../terminal/present.ts";
import { text } from "../../../terminal/view.ts";

const USUAL_MINUTES = 60;
const MOST_MINUTES = 24 * 60;

/** `insforge auth users token`: a signed token, for curl and tests. */
export const token = (run: Run) =>
  new Command()
    .arguments("<user:string>")
    .option("--minutes <count:integer>", `How long it works (default: ${USUAL_MINUTES}).`)
    .example("Print it", "insforge auth users token ada@example.com")
    .example("Keep it for curl", "token=$(insforge auth users token ada@example.com)")
    .action(run(runToken));

/** Prints the token alone; JSON tells its end and whose it is. */
async function runToken(
  context: Context,
  options: { minutes?: number },
  name: string,
): Promise<Result> {
  const minutes = wholeNumberOption(options.minutes, "--minutes", 1, MOST_MINUTES) ?? USUAL_MINUTES;
  const backend = await context.backend();
  const { id } = await findUser(backend, name);
  const signed = await signUserToken(backend, id, minutes);
  return { data: signed, view: text(signed.accessToken) };
}
