import { Command, EnumType } from "@cliffy/command";
import type { Context, Run } from "../../cli/context.ts";
import { syncStripe } from "../../client/backend/payments.ts";
import type { PaymentEnvironment } from "../../shared/contract/backend.ts";
import type { Result } from "../../terminal/present.ts";
import { table } from "../../terminal/view.ts";

interface Options {
  environment?: PaymentEnvironment | "all";
}

/** `insforge payments stripe sync`. */
export const sync = (run: Run) =>
  new Command()
    .type("environment", new EnumType(["test", "live", "all"]))
    .option("--environment <name:environment>", "The mode of Stripe (default: all).")
    .example("Read what was changed at Stripe", "insforge payments stripe sync")
    .action(run(runSync));

/** Reads what Stripe has; a mode without a key is no failure unless it was named. */
async function runSync(context: Context, { environment = "all" }: Options): Promise<Result> {
  const backend = await context.backend();
  using progress = context.progress("Reading what Stripe has");
  const answer = await syncStripe(backend, environment === "all" ? undefined : environment);
  progress.stop();
  const failed = answer.results.filter(({ connection }) =>
    connection.status === "error" || environment !== "all" && connection.status !== "connected"
  );
  return {
    data: answer,
    exitCode: failed.length > 0 ? 1 : 0,
    view: table(
      [
        "Mode",
        "Result",
        { title: "Products", align: "right", spare: true },
        { title: "Prices", align: "right", spare: true },
        { title: "Subscriptions", align: "right", spare: true },
      ],
      answer.results.map(({ environment, connection, subscriptions }) => [
        environment,
        connection.lastSyncError ?? connection.lastSyncStatus ?? connection.status,
        connection.lastSyncCounts.products ?? "",
        connection.lastSyncCounts.prices ?? "",
        subscriptions?.synced ?? "",
      ]),
      "The backend knows no mode of Stripe.",
    ),
  };
}
