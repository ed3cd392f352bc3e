import { Command } from "@cliffy/command";
import { createChannel } from "../../../client/backend/realtime.ts";
import type { Context, Run } from "../../../cli/context.ts";
import type { Result } from "../../../terminal/present.ts";
import { success } from "../../../terminal/view.ts";

interface Options {
  description?: string;
  webhook?: string[];
}

/** `insforge realtime channels create`: makes a channel. */
export const create = (run: Run) =>
  new Command()
    .arguments("<pattern:string>")
    .option("--description <text:string>", "What it is for.")
    .option("--webhook <url:string>", "An address that gets each message; may be repeated.", {
      collect: true,
    })
    .example("One for each room", "insforge realtime channels create 'chat:%'")
    .example(
      "With a webhook",
      "insforge realtime channels create orders --webhook http://127.0.0.1:8000/",
    )
    .action(run(runCreate));

async function runCreate(
  context: Context,
  { description, webhook: webhookUrls }: Options,
  pattern: string,
): Promise<Result> {
  const channel = await createChannel(await context.backend(), {
    pattern,
    description,
    webhookUrls,
    enabled: true,
  });
  return { data: channel, view: success(`Made the channel ${pattern}.`) };
}
