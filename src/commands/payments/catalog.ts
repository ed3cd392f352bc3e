import { Command } from "@cliffy/command";
import type { Context, Run } from "../../cli/context.ts";
import { readCatalog } from "../../client/backend/payments.ts";
import type { PaymentEnvironment } from "../../shared/contract/backend.ts";
import type { Result } from "../../terminal/present.ts";
import { ENVIRONMENT_HELP, environmentType } from "./options.ts";
import { pricesTable, productsTable } from "./views.ts";

/** `insforge payments stripe catalog`. */
export const catalog = (run: Run) =>
  new Command()
    .type("environment", environmentType)
    .option("--environment <name:environment>", ENVIRONMENT_HELP)
    .example("See what is for sale", "insforge payments stripe catalog")
    .action(run(runCatalog));

async function runCatalog(
  context: Context,
  { environment = "test" }: { environment?: PaymentEnvironment },
): Promise<Result> {
  const answer = await readCatalog(await context.backend(), environment);
  return { data: answer, view: [productsTable(answer.products), pricesTable(answer.prices)] };
}
