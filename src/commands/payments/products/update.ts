import { Command } from "@cliffy/command";
import type { Context, Run } from "../../../cli/context.ts";
import { booleanOption } from "../../../cli/options.ts";
import { updateProduct } from "../../../client/backend/payments.ts";
import type { PaymentEnvironment } from "../../../shared/contract/backend.ts";
import type { Result } from "../../../terminal/present.ts";
import { success } from "../../../terminal/view.ts";
import {
  ACTIVE_HELP,
  DESCRIPTION_HELP,
  ENVIRONMENT_HELP,
  environmentType,
  METADATA_HELP,
  metadataOption,
  nullableOption,
  someFields,
} from "../options.ts";

interface Options {
  environment?: PaymentEnvironment;
  name?: string;
  description?: string;
  active?: string;
  metadata?: string;
}

/** `insforge payments stripe products update`. */
export const update = (run: Run) =>
  new Command()
    .arguments("<product:string>")
    .type("environment", environmentType)
    .option("--environment <name:environment>", ENVIRONMENT_HELP)
    .option("--name <name:string>", "What customers read.")
    .option("--description <text:string>", DESCRIPTION_HELP)
    .option("--active <bool:string>", ACTIVE_HELP)
    .option("--metadata <json:string>", METADATA_HELP)
    .example(
      "Take it off sale",
      "insforge payments stripe products update prod_123 --active false",
    )
    .action(run(runUpdate));

/** Changes what is given. @throws {HttpError} 404 */
async function runUpdate(context: Context, options: Options, id: string): Promise<Result> {
  const { environment = "test" } = options;
  const changes = someFields({
    name: options.name,
    description: nullableOption(options.description),
    active: booleanOption(options.active, "--active"),
    metadata: metadataOption(options.metadata),
  }, "--name, --description, --active, --metadata");
  const answer = await updateProduct(await context.backend(), environment, id, changes);
  return { data: answer, view: success(`Changed the product ${answer.product.productId}.`) };
}
