import { Command } from "@cliffy/command";
import { type ChannelEvent, channelEvents } from "../../client/backend/realtime_events.ts";
import type { Context, Run } from "../../cli/context.ts";
import { wholeNumberOption } from "../../cli/options.ts";
import { formatDate } from "../../terminal/dates.ts";
import { escapeControl, escapeJson } from "../../terminal/escape.ts";
import type { Result } from "../../terminal/present.ts";
import { type Style, styleFor } from "../../terminal/style.ts";

interface Options {
  event?: string;
  limit?: number;
}

/** `insforge realtime tail`: a channel, live. */
export const tail = (run: Run) =>
  new Command()
    .arguments("<channel:string>")
    .option("--event <name:string>", "Only this event.")
    .option("--limit <count:integer>", "End after so many; otherwise Ctrl-C does.")
    .example("Watch a channel", "insforge realtime tail chat:lobby")
    .example("The next message, for a script", "insforge realtime tail orders --limit 1 --json")
    .action(run(runTail));

/** Shows a line for each event of the channel, until it was enough or Ctrl-C. */
async function runTail(context: Context, options: Options, channel: string): Promise<Result> {
  const limit = wholeNumberOption(options.limit, "--limit", 1) ?? Infinity;
  const { url, apiKey } = await context.target();
  const events = channelEvents({ url, apiKey, channel }, context.surroundings);
  context.note(`Listening to ${channel}; Ctrl-C ends it.`);
  const style = styleFor(context.terminal.colour.stdout);
  const encoder = new TextEncoder();
  async function* lines() {
    let shown = 0;
    for await (const event of events) {
      if (options.event !== undefined && event.event !== options.event) continue;
      const line = context.options.json
        ? escapeJson(JSON.stringify(event))
        : lineOf(event, context, style);
      yield encoder.encode(`${line}\n`);
      if (++shown >= limit) return;
    }
  }
  return { stream: ReadableStream.from(lines()), styled: true };
}

function lineOf({ event, message }: ChannelEvent, context: Context, style: Style): string {
  const { meta, ...payload } = message;
  const { timestamp, senderId, senderType } = Object(meta) as Record<string, string | undefined>;
  const time = formatDate(timestamp, context.terminal) ?? "";
  const sender = senderId ?? senderType ?? "";
  const about = escapeControl(`${time}  ${event}  ${sender}`);
  return `${style.dim(about)}  ${escapeControl(JSON.stringify(payload))}`;
}
