import { Command } from "@cliffy/command";
import type { Context, Run } from "../../../cli/context.ts";
import { booleanOption } from "../../../cli/options.ts";
import { updatePrice } from "../../../client/backend/payments.ts";
import type { PaymentEnvironment } from "../../../shared/contract/backend.ts";
import type { Result } from "../../../terminal/present.ts";
import { success } from "../../../terminal/view.ts";
import {
  ACTIVE_HELP,
  ENVIRONMENT_HELP,
  environmentType,
  LOOKUP_HELP,
  METADATA_HELP,
  metadataOption,
  nullableOption,
  someFields,
  TAX_HELP,
  type TaxBehavior,
  taxType,
} from "../options.ts";

interface Options {
  environment?: PaymentEnvironment;
  active?: string;
  lookupKey?: string;
  taxBehavior?: TaxBehavior;
  metadata?: string;
}

/** `insforge payments stripe prices update`. */
export const update = (run: Run) =>
  new Command()
    .arguments("<price:string>")
    .type("environment", environmentType)
    .type("tax", taxType)
    .option("--environment <name:environment>", ENVIRONMENT_HELP)
    .option("--active <bool:string>", ACTIVE_HELP)
    .option("--lookup-key <key:string>", LOOKUP_HELP)
    .option("--tax-behavior <name:tax>", TAX_HELP)
    .option("--metadata <json:string>", METADATA_HELP)
    .example(
      "Put it on sale again",
      "insforge payments stripe prices update price_123 --active true",
    )
    .action(run(runUpdate));

/** Changes what is given; what is paid, and how often, never changes. @throws {HttpError} 404 */
async function runUpdate(context: Context, options: Options, id: string): Promise<Result> {
  const { environment = "test" } = options;
  const changes = someFields({
    active: booleanOption(options.active, "--active"),
    lookupKey: nullableOption(options.lookupKey),
    taxBehavior: options.taxBehavior,
    metadata: metadataOption(options.metadata),
  }, "--active, --lookup-key, --tax-behavior, --metadata");
  const answer = await updatePrice(await context.backend(), environment, id, changes);
  return { data: answer, view: success(`Changed the price ${answer.price.priceId}.`) };
}
