import { Command } from "@cliffy/command";
import { aiOverview } from "../../client/backend/ai.ts";
import type { Context, Run } from "../../cli/context.ts";
import type { Result } from "../../terminal/present.ts";
import { facts, table, text, type View } from "../../terminal/view.ts";

/** `insforge ai overview`. */
export const overview = (run: Run) =>
  new Command()
    .example("See what is left", "insforge ai overview")
    .action(run(runOverview));

/** Shows what the key has spent, in US dollars. */
async function runOverview(context: Context): Promise<Result> {
  const answer = await aiOverview(await context.backend());
  const { key, modelUsage = [] } = answer;
  const models: View[] = modelUsage.length > 0
    ? [
      table(
        ["Model", "Requests", "Tokens", "Spent"],
        modelUsage.map(({ model, requests, totalTokens, spend }) => [
          model,
          requests,
          totalTokens,
          dollars(spend),
        ]),
        "",
      ),
    ]
    : [text(key.observabilityError ?? "No model was asked yet.")];
  return {
    data: answer,
    view: [
      facts([
        ["Key", key.label],
        ["Spent", dollars(key.usage)],
        ["Limit", dollars(key.limit)],
        ["Left", dollars(key.limitRemaining)],
        ["Limit Resets", key.limitReset ?? undefined],
        ["Today", dollars(key.usageDaily)],
        ["This Week", dollars(key.usageWeekly)],
        ["This Month", dollars(key.usageMonthly)],
      ]),
      ...models,
    ],
  };
}

function dollars(amount: number | null | undefined): string | undefined {
  if (amount === null) return "unlimited";
  return amount === undefined ? undefined : `$${amount.toFixed(2)}`;
}
