import { Command } from "@cliffy/command";
import type { Context, Run } from "../../cli/context.ts";
import { readStdinValue } from "../../cli/input.ts";
import { setStripeKey } from "../../client/backend/payments.ts";
import { UsageError } from "../../core/errors.ts";
import type { PaymentEnvironment } from "../../shared/contract/backend.ts";
import type { Result } from "../../terminal/present.ts";
import { success } from "../../terminal/view.ts";
import { ENVIRONMENT_HELP, environmentType } from "./options.ts";

interface Options {
  environment?: PaymentEnvironment;
  secretKey?: string;
}

/** `insforge payments stripe config set`. */
export const set = (run: Run) =>
  new Command()
    .arguments("[key:string]")
    .type("environment", environmentType)
    .option("--environment <name:environment>", ENVIRONMENT_HELP)
    .option("--secret-key <key:string>", "The same as the argument.")
    .example("Be asked for it", "insforge payments stripe config set")
    .example(
      "Read it from a pipe",
      "pass show stripe | insforge payments stripe config set -",
    )
    .action(run(runSet));

/** Sets the key, which is an argument, standard input, or asked for without echo. */
async function runSet(
  context: Context,
  { environment = "test", secretKey }: Options,
  argument?: string,
): Promise<Result> {
  if (secretKey !== undefined && argument !== undefined) {
    throw new UsageError("Give the key as an argument or by --secret-key, not both.");
  }
  const given = argument ?? secretKey;
  const key = given === "-"
    ? await readStdinValue(context)
    : given ?? await context.prompt.secret(`Key of Stripe (${environment})`, "the key");
  if (key.trim() === "") throw new UsageError("The key is empty.");
  const backend = await context.backend();
  using _progress = context.progress("Reading what Stripe has");
  await setStripeKey(backend, environment, key);
  return {
    data: { provider: "stripe", environment, configured: true },
    view: success(`The key for ${environment} is set. See: insforge payments stripe status`),
  };
}
