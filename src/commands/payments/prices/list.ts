import { Command } from "@cliffy/command";
import type { Context, Run } from "../../../cli/context.ts";
import { listPrices } from "../../../client/backend/payments.ts";
import type { PaymentEnvironment } from "../../../shared/contract/backend.ts";
import type { Result } from "../../../terminal/present.ts";
import { ENVIRONMENT_HELP, environmentType } from "../options.ts";
import { pricesTable } from "../views.ts";

/** `insforge payments stripe prices list`. */
export const list = (run: Run) =>
  new Command()
    .type("environment", environmentType)
    .option("--environment <name:environment>", ENVIRONMENT_HELP)
    .option("--product <id:string>", "Only those of this product.")
    .example("List them", "insforge payments stripe prices list")
    .action(run(runList));

async function runList(
  context: Context,
  { environment = "test", product }: { environment?: PaymentEnvironment; product?: string },
): Promise<Result> {
  const answer = await listPrices(await context.backend(), environment, product);
  return { data: answer, view: pricesTable(answer.prices) };
}
