import { Command } from "@cliffy/command";
import type { Context, Run } from "../../cli/context.ts";
import { removeStripeKey } from "../../client/backend/payments.ts";
import type { PaymentEnvironment } from "../../shared/contract/backend.ts";
import type { Result } from "../../terminal/present.ts";
import { success } from "../../terminal/view.ts";
import { ENVIRONMENT_HELP, environmentType } from "./options.ts";

/** `insforge payments stripe config remove`. */
export const remove = (run: Run) =>
  new Command()
    .type("environment", environmentType)
    .option("--environment <name:environment>", ENVIRONMENT_HELP)
    .example("Without a question", "insforge payments stripe config remove -y")
    .action(run(runRemove));

/** Asks and removes. @throws {HttpError} 404 when there is no key */
async function runRemove(
  context: Context,
  { environment = "test" }: { environment?: PaymentEnvironment },
): Promise<Result> {
  const backend = await context.backend();
  await context.prompt.confirm(
    `Remove the key of Stripe for ${environment}? Nothing is sold there any more.`,
  );
  await removeStripeKey(backend, environment);
  return {
    data: { provider: "stripe", environment, configured: false },
    view: success(`The key for ${environment} is removed.`),
  };
}
