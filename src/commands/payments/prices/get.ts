import { Command } from "@cliffy/command";
import type { Context, Run } from "../../../cli/context.ts";
import { readPrice } from "../../../client/backend/payments.ts";
import type { PaymentEnvironment } from "../../../shared/contract/backend.ts";
import type { Result } from "../../../terminal/present.ts";
import { ENVIRONMENT_HELP, environmentType } from "../options.ts";
import { pricesTable } from "../views.ts";

/** `insforge payments stripe prices get`. */
export const get = (run: Run) =>
  new Command()
    .arguments("<price:string>")
    .type("environment", environmentType)
    .option("--environment <name:environment>", ENVIRONMENT_HELP)
    .example("Show one", "insforge payments stripe prices get price_123")
    .action(run(runGet));

/** Shows a price. @throws {HttpError} 404 */
async function runGet(
  context: Context,
  { environment = "test" }: { environment?: PaymentEnvironment },
  id: string,
): Promise<Result> {
  const answer = await readPrice(await context.backend(), environment, id);
  return { data: answer, view: pricesTable([answer.price]) };
}
