import { Command } from "@cliffy/command";
import type { Context, Run } from "../../../cli/context.ts";
import { archivePrice } from "../../../client/backend/payments.ts";
import type { PaymentEnvironment } from "../../../shared/contract/backend.ts";
import type { Result } from "../../../terminal/present.ts";
import { success } from "../../../terminal/view.ts";
import { ENVIRONMENT_HELP, environmentType } from "../options.ts";

/** `insforge payments stripe prices archive`. */
export const archive = (run: Run) =>
  new Command()
    .arguments("<price:string>")
    .type("environment", environmentType)
    .option("--environment <name:environment>", ENVIRONMENT_HELP)
    .example(
      "Take it off sale",
      "insforge payments stripe prices archive price_123",
    )
    .action(run(runArchive));

/** Takes a price off sale; `prices update --active true` brings it back. @throws {HttpError} 404 */
async function runArchive(
  context: Context,
  { environment = "test" }: { environment?: PaymentEnvironment },
  id: string,
): Promise<Result> {
  const answer = await archivePrice(await context.backend(), environment, id);
  return { data: answer, view: success(`Archived the price ${answer.price.priceId}.`) };
}
