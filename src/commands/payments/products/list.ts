import { Command } from "@cliffy/command";
import type { Context, Run } from "../../../cli/context.ts";
import { readCatalog } from "../../../client/backend/payments.ts";
import type { PaymentEnvironment } from "../../../shared/contract/backend.ts";
import type { Result } from "../../../terminal/present.ts";
import { ENVIRONMENT_HELP, environmentType } from "../options.ts";
import { productsTable } from "../views.ts";

/** `insforge payments stripe products list`. */
export const list = (run: Run) =>
  new Command()
    .type("environment", environmentType)
    .option("--environment <name:environment>", ENVIRONMENT_HELP)
    .example("List them", "insforge payments stripe products list")
    .action(run(runList));

async function runList(
  context: Context,
  { environment = "test" }: { environment?: PaymentEnvironment },
): Promise<Result> {
  const { products } = await readCatalog(await context.backend(), environment);
  return { data: { products }, view: productsTable(products) };
}
