import { Command } from "@cliffy/command";
import type { Context, Run } from "../../cli/context.ts";
import { readConnections } from "../../client/backend/payments.ts";
import { formatDate } from "../../terminal/dates.ts";
import type { Result } from "../../terminal/present.ts";
import { table, text } from "../../terminal/view.ts";

/** `insforge payments stripe status`. */
export const status = (run: Run) =>
  new Command()
    .example("See whether there is a key", "insforge payments stripe status")
    .action(run(runStatus));

/** Shows how each mode is connected, and what the last look at Stripe gave. */
async function runStatus(context: Context): Promise<Result> {
  const answer = await readConnections(await context.backend());
  const failed = answer.connections.filter(({ maskedKey, lastSyncError }) =>
    maskedKey && lastSyncError
  );
  return {
    data: answer,
    view: [
      table(
        [
          "Mode",
          "Status",
          { title: "Key", whole: true },
          { title: "Account", spare: true },
          { title: "Events come in", spare: true },
          { title: "Last sync", spare: true },
        ],
        answer.connections.map((connection) => [
          connection.environment,
          connection.status,
          connection.maskedKey ?? "",
          connection.accountEmail ?? connection.accountId ?? "",
          connection.webhookConfiguredAt ? "yes" : "no",
          formatDate(connection.lastSyncedAt, context.terminal) ?? "",
        ]),
        "The backend knows no mode of Stripe.",
      ),
      ...failed.map(({ environment, lastSyncError }) =>
        text(`The last sync of ${environment} failed: ${lastSyncError}`)
      ),
    ],
  };
}
