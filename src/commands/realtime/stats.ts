import { Command } from "@cliffy/command";
import { findChannel, messageStats } from "../../client/backend/realtime.ts";
import type { Context, Run } from "../../cli/context.ts";
import type { Result } from "../../terminal/present.ts";
import { facts } from "../../terminal/view.ts";

interface Options {
  channel?: string;
}

/** `insforge realtime stats`: how much was sent. */
export const stats = (run: Run) =>
  new Command()
    .option("--channel <channel:string>", "Only of this channel: its pattern or id.")
    .example("Of all channels", "insforge realtime stats")
    .action(run(runStats));

async function runStats(context: Context, { channel }: Options): Promise<Result> {
  const backend = await context.backend();
  const channelId = channel && (await findChannel(backend, channel)).id;
  const found = await messageStats(backend, { channelId });
  const events = found.topEvents.map(({ eventName, count }) => `${eventName} (${count})`);
  return {
    data: found,
    view: facts([
      ["Messages", found.totalMessages],
      ["Events", events.join(", ") || "none"],
      ["Webhooks reached", `${Math.round(found.whDeliveryRate * 100)} %`],
      ["Kept for", found.retentionDays === null ? "ever" : `${found.retentionDays} days`],
    ]),
  };
}
