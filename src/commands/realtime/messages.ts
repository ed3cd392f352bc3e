import { Command } from "@cliffy/command";
import { findChannel, listMessages } from "../../client/backend/realtime.ts";
import type { Context, Run } from "../../cli/context.ts";
import { wholeNumberOption } from "../../cli/options.ts";
import { formatDate } from "../../terminal/dates.ts";
import type { Result } from "../../terminal/present.ts";
import { table } from "../../terminal/view.ts";

const USUAL_LIMIT = 20;

interface Options {
  channel?: string;
  event?: string;
  limit?: number;
}

/** `insforge realtime messages`: what was sent. */
export const messages = (run: Run) =>
  new Command()
    .option("--channel <channel:string>", "Only those of this channel: its pattern or id.")
    .option("--event <name:string>", "Only those of this event.")
    .option("--limit <count:integer>", `How many (default: ${USUAL_LIMIT}).`)
    .example("The newest", "insforge realtime messages")
    .example("Of one channel", "insforge realtime messages --channel 'chat:%' --limit 100")
    .action(run(runMessages));

/** Shows the newest messages, the newest first. */
async function runMessages(context: Context, options: Options): Promise<Result> {
  const limit = wholeNumberOption(options.limit, "--limit", 1, 1000) ?? USUAL_LIMIT;
  const backend = await context.backend();
  const channelId = options.channel && (await findChannel(backend, options.channel)).id;
  const found = await listMessages(backend, { channelId, eventName: options.event, limit });
  return {
    data: { messages: found },
    view: table(
      ["Sent", "Channel", "Event", "By", "Sockets", "Webhooks", "Payload"],
      found.map((message) => [
        formatDate(message.createdAt, context.terminal) ?? "",
        message.channelName,
        message.eventName,
        message.senderId ?? message.senderType,
        message.wsAudienceCount,
        message.whAudienceCount ? `${message.whDeliveredCount}/${message.whAudienceCount}` : "",
        message.payload,
      ]),
      "Nothing has been sent.",
    ),
  };
}
