import { Command } from "@cliffy/command";
import { listBuckets } from "../../client/backend/storage.ts";
import type { Context, Run } from "../../cli/context.ts";
import { formatDate } from "../../terminal/dates.ts";
import type { Result } from "../../terminal/present.ts";
import { table } from "../../terminal/view.ts";

/** `insforge storage buckets`: the buckets and who can read them. */
export const buckets = (run: Run) =>
  new Command()
    .example("List the buckets", "insforge storage buckets")
    .action(run(runBuckets));

/** Lists buckets by name. */
async function runBuckets(context: Context): Promise<Result> {
  const buckets = await listBuckets(await context.backend());
  return {
    data: buckets,
    view: table(
      [{ title: "Bucket Name", whole: true }, "Public", "Created"],
      buckets.map(({ name, public: isPublic, createdAt }) => [
        name,
        isPublic === undefined ? "" : isPublic ? "yes" : "no",
        formatDate(createdAt, context.terminal),
      ]),
      "There are no buckets yet. Make one with: insforge storage create-bucket NAME",
    ),
  };
}
