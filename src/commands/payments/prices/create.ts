import { Command } from "@cliffy/command";
import type { Context, Run } from "../../../cli/context.ts";
import { booleanOption, wholeNumberOption } from "../../../cli/options.ts";
import { createPrice } from "../../../client/backend/payments.ts";
import { UsageError } from "../../../core/errors.ts";
import type { PaymentEnvironment } from "../../../shared/contract/backend.ts";
import type { Result } from "../../../terminal/present.ts";
import { success } from "../../../terminal/view.ts";
import {
  ACTIVE_HELP,
  ENVIRONMENT_HELP,
  environmentType,
  IDEMPOTENCY_HELP,
  type Interval,
  intervalType,
  LOOKUP_HELP,
  METADATA_HELP,
  metadataOption,
  nullableOption,
  TAX_HELP,
  type TaxBehavior,
  taxType,
} from "../options.ts";
import { amountOf } from "../views.ts";

interface Options {
  environment?: PaymentEnvironment;
  product: string;
  currency: string;
  unitAmount: number;
  interval?: Interval;
  intervalCount?: number;
  lookupKey?: string;
  active?: string;
  taxBehavior?: TaxBehavior;
  metadata?: string;
  idempotencyKey?: string;
}

/** `insforge payments stripe prices create`. */
export const create = (run: Run) =>
  new Command()
    .type("environment", environmentType)
    .type("interval", intervalType)
    .type("tax", taxType)
    .option("--environment <name:environment>", ENVIRONMENT_HELP)
    .option("--product <id:string>", "What it is the price of.", { required: true })
    .option("--currency <code:string>", "Three letters, such as usd.", { required: true })
    .option("--unit-amount <amount:integer>", "In the smallest unit, such as cents.", {
      required: true,
    })
    .option("--interval <name:interval>", "Paid again each day, week, month or year.")
    .option("--interval-count <count:integer>", "Paid again after so many of these.")
    .option("--lookup-key <key:string>", LOOKUP_HELP)
    .option("--active <bool:string>", ACTIVE_HELP)
    .option("--tax-behavior <name:tax>", TAX_HELP)
    .option("--metadata <json:string>", METADATA_HELP)
    .option("--idempotency-key <key:string>", IDEMPOTENCY_HELP)
    .example(
      "Twenty dollars a month",
      "insforge payments stripe prices create --product prod_1 \\\n" +
        "    --currency usd --unit-amount 2000 --interval month",
    )
    .action(run(runCreate));

async function runCreate(context: Context, options: Options): Promise<Result> {
  const { environment = "test", interval } = options;
  const intervalCount = wholeNumberOption(options.intervalCount, "--interval-count", 1);
  if (intervalCount !== undefined && interval === undefined) {
    throw new UsageError("--interval-count needs --interval.");
  }
  const { price } = await createPrice(await context.backend(), environment, {
    productId: options.product,
    currency: options.currency,
    unitAmount: wholeNumberOption(options.unitAmount, "--unit-amount", 0)!,
    recurring: interval && { interval, intervalCount },
    lookupKey: nullableOption(options.lookupKey),
    active: booleanOption(options.active, "--active"),
    taxBehavior: options.taxBehavior,
    metadata: metadataOption(options.metadata),
    idempotencyKey: options.idempotencyKey,
  });
  return {
    data: { price },
    view: success(
      `Made the price ${price.priceId}: ${amountOf(price.unitAmount, price.currency)}.`,
    ),
  };
}
