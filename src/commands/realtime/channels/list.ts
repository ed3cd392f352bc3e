import { Command } from "@cliffy/command";
import { listChannels } from "../../../client/backend/realtime.ts";
import type { Context, Run } from "../../../cli/context.ts";
import type { Result } from "../../../terminal/present.ts";
import { table } from "../../../terminal/view.ts";

/** `insforge realtime channels list`: what apps can subscribe to. */
export const list = (run: Run) =>
  new Command()
    .example("List the channels", "insforge realtime channels list")
    .action(run(runList));

async function runList(context: Context): Promise<Result> {
  const channels = await listChannels(await context.backend());
  return {
    data: { channels },
    view: table(
      [{ title: "Id", whole: true }, "Pattern", "On", "Webhooks", "Description"],
      channels.map(({ id, pattern, enabled, webhookUrls, description }) => [
        id,
        pattern,
        enabled ? "yes" : "no",
        webhookUrls?.join(", ") ?? "",
        description ?? "",
      ]),
      "There are no channels: make one with `insforge realtime channels create chat:%`.",
    ),
  };
}
