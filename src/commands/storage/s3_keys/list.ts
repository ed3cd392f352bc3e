import { Command } from "@cliffy/command";
import { listS3Keys } from "../../../client/backend/s3_keys.ts";
import type { Context, Run } from "../../../cli/context.ts";
import { formatDate } from "../../../terminal/dates.ts";
import type { Result } from "../../../terminal/present.ts";
import { table } from "../../../terminal/view.ts";

/** `insforge storage s3-keys list`: the access keys of S3 clients. */
export const list = (run: Run) =>
  new Command()
    .example("List them", "insforge storage s3-keys list")
    .action(run(runList));

async function runList(context: Context): Promise<Result> {
  const keys = await listS3Keys(await context.backend());
  const date = (time: string | null) => formatDate(time ?? undefined, context.terminal) ?? "";
  return {
    data: keys,
    view: table(
      [
        { title: "Access key", whole: true },
        { title: "Description", spare: true },
        { title: "Made", spare: true },
        { title: "Last used", spare: true },
      ],
      keys.map(({ accessKeyId, description, createdAt, lastUsedAt }) => [
        accessKeyId,
        description ?? "",
        date(createdAt),
        date(lastUsedAt),
      ]),
      "There are no access keys. Make one with: insforge storage s3-keys create",
    ),
  };
}
