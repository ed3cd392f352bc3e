import { Command } from "@cliffy/command";
import type { Context, Run } from "../../../cli/context.ts";
import { booleanOption } from "../../../cli/options.ts";
import { createProduct } from "../../../client/backend/payments.ts";
import type { PaymentEnvironment } from "../../../shared/contract/backend.ts";
import type { Result } from "../../../terminal/present.ts";
import { success } from "../../../terminal/view.ts";
import {
  ACTIVE_HELP,
  DESCRIPTION_HELP,
  ENVIRONMENT_HELP,
  environmentType,
  IDEMPOTENCY_HELP,
  METADATA_HELP,
  metadataOption,
  nullableOption,
} from "../options.ts";

interface Options {
  environment?: PaymentEnvironment;
  name: string;
  description?: string;
  active?: string;
  metadata?: string;
  idempotencyKey?: string;
}

/** `insforge payments stripe products create`. */
export const create = (run: Run) =>
  new Command()
    .type("environment", environmentType)
    .option("--environment <name:environment>", ENVIRONMENT_HELP)
    .option("--name <name:string>", "What customers read.", { required: true })
    .option("--description <text:string>", DESCRIPTION_HELP)
    .option("--active <bool:string>", ACTIVE_HELP)
    .option("--metadata <json:string>", METADATA_HELP)
    .option("--idempotency-key <key:string>", IDEMPOTENCY_HELP)
    .example(
      "Make one",
      'insforge payments stripe products create --name "Pro plan"',
    )
    .action(run(runCreate));

async function runCreate(context: Context, options: Options): Promise<Result> {
  const { environment = "test", name, idempotencyKey } = options;
  const fields = {
    name,
    description: nullableOption(options.description),
    active: booleanOption(options.active, "--active"),
    metadata: metadataOption(options.metadata),
    idempotencyKey,
  };
  const answer = await createProduct(await context.backend(), environment, fields);
  return {
    data: answer,
    view: success(`Made the product ${answer.product.productId} (${answer.product.name}).`),
  };
}
