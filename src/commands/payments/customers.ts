import { Command } from "@cliffy/command";
import type { Context, Run } from "../../cli/context.ts";
import { listPaymentCustomers } from "../../client/backend/payments.ts";
import type { PaymentEnvironment } from "../../shared/contract/backend.ts";
import { formatDate } from "../../terminal/dates.ts";
import type { Result } from "../../terminal/present.ts";
import { table } from "../../terminal/view.ts";
import { ENVIRONMENT_HELP, environmentType, LIMIT_HELP, limitOption } from "./options.ts";
import { amountOf } from "./views.ts";

interface Options {
  environment?: PaymentEnvironment;
  limit?: number;
}

/** `insforge payments stripe customers`. */
export const customers = (run: Run) =>
  new Command()
    .type("environment", environmentType)
    .option("--environment <name:environment>", ENVIRONMENT_HELP)
    .option("--limit <count:integer>", LIMIT_HELP)
    .example("See who pays", "insforge payments stripe customers")
    .action(run(runCustomers));

async function runCustomers(
  context: Context,
  { environment = "test", limit }: Options,
): Promise<Result> {
  const query = { limit: limitOption(limit) };
  const answer = await listPaymentCustomers(await context.backend(), environment, query);
  return {
    data: answer,
    view: table(
      [
        { title: "Customer", whole: true },
        "Address",
        { title: "Name", spare: true },
        { title: "Payments", align: "right", spare: true },
        { title: "In all", align: "right", spare: true },
        { title: "Last", spare: true },
      ],
      answer.customers.map((customer) => [
        customer.providerCustomerId,
        customer.email ?? "",
        customer.name ?? "",
        customer.paymentsCount,
        amountOf(customer.totalSpend, customer.totalSpendCurrency),
        formatDate(customer.lastPaymentAt, context.terminal) ?? "",
      ]),
      "There are no customers.",
    ),
  };
}
