import { Command } from "@cliffy/command";
import type { Context, Run } from "../../../cli/context.ts";
import { readProduct } from "../../../client/backend/payments.ts";
import type { PaymentEnvironment } from "../../../shared/contract/backend.ts";
import type { Result } from "../../../terminal/present.ts";
import { ENVIRONMENT_HELP, environmentType } from "../options.ts";
import { pricesTable, productsTable } from "../views.ts";

/** `insforge payments stripe products get`. */
export const get = (run: Run) =>
  new Command()
    .arguments("<product:string>")
    .type("environment", environmentType)
    .option("--environment <name:environment>", ENVIRONMENT_HELP)
    .example("Show one", "insforge payments stripe products get prod_123")
    .action(run(runGet));

/** Shows a product and its prices. @throws {HttpError} 404 */
async function runGet(
  context: Context,
  { environment = "test" }: { environment?: PaymentEnvironment },
  id: string,
): Promise<Result> {
  const answer = await readProduct(await context.backend(), environment, id);
  return { data: answer, view: [productsTable([answer.product]), pricesTable(answer.prices)] };
}
