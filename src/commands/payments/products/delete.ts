import { Command } from "@cliffy/command";
import type { Context, Run } from "../../../cli/context.ts";
import { deleteProduct } from "../../../client/backend/payments.ts";
import type { PaymentEnvironment } from "../../../shared/contract/backend.ts";
import type { Result } from "../../../terminal/present.ts";
import { success } from "../../../terminal/view.ts";
import { ENVIRONMENT_HELP, environmentType } from "../options.ts";

/** `insforge payments stripe products delete`. */
export const remove = (run: Run) =>
  new Command()
    .arguments("<product:string>")
    .type("environment", environmentType)
    .option("--environment <name:environment>", ENVIRONMENT_HELP)
    .example(
      "Without a question",
      "insforge payments stripe products delete prod_123 -y",
    )
    .action(run(runDelete));

/** Asks and deletes. @throws {HttpError} 404, or 400 for one that has prices */
async function runDelete(
  context: Context,
  { environment = "test" }: { environment?: PaymentEnvironment },
  id: string,
): Promise<Result> {
  const backend = await context.backend();
  await context.prompt.confirm(`Delete the product ${id} at Stripe (${environment})?`);
  const answer = await deleteProduct(backend, environment, id);
  return { data: answer, view: success(`Deleted the product ${id}.`) };
}
