import { Command } from "@cliffy/command";
import type { Context, Run } from "../../cli/context.ts";
import { configureStripeWebhook } from "../../client/backend/payments.ts";
import type { PaymentEnvironment } from "../../shared/contract/backend.ts";
import type { Result } from "../../terminal/present.ts";
import { success } from "../../terminal/view.ts";
import { ENVIRONMENT_HELP, environmentType } from "./options.ts";

/** `insforge payments stripe webhooks configure`. */
export const configure = (run: Run) =>
  new Command()
    .type("environment", environmentType)
    .option("--environment <name:environment>", ENVIRONMENT_HELP)
    .example(
      "Have events come in",
      "insforge payments stripe webhooks configure",
    )
    .action(run(runConfigure));

/** Has events come in. @throws {HttpError} 400 that says what is to be done */
async function runConfigure(
  context: Context,
  { environment = "test" }: { environment?: PaymentEnvironment },
): Promise<Result> {
  const answer = await configureStripeWebhook(await context.backend(), environment);
  const { webhookEndpointUrl } = answer.connection;
  return {
    data: answer,
    view: success(`Events of ${environment} come in at ${webhookEndpointUrl}.`),
  };
}
