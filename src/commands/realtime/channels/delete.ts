import { Command } from "@cliffy/command";
import { deleteChannel, findChannel } from "../../../client/backend/realtime.ts";
import type { Context, Run } from "../../../cli/context.ts";
import type { Result } from "../../../terminal/present.ts";
import { success } from "../../../terminal/view.ts";

/** `insforge realtime channels delete`: takes a channel away. */
export const remove = (run: Run) =>
  new Command()
    .arguments("<channel:string>")
    .example("By pattern", "insforge realtime channels delete 'chat:%'")
    .action(run(runDelete));

async function runDelete(context: Context, _options: unknown, name: string): Promise<Result> {
  const backend = await context.backend();
  const { id, pattern } = await findChannel(backend, name);
  await context.prompt.confirm(`Delete the channel ${pattern}? Nobody can subscribe to it then.`);
  await deleteChannel(backend, id);
  return { data: { id, pattern }, view: success(`Deleted the channel ${pattern}.`) };
}
