import { Command } from "@cliffy/command";
import { deleteBucket as remove, listObjects } from "../../client/backend/storage.ts";
import type { Context, Run } from "../../cli/context.ts";
import { plural } from "../../terminal/plural.ts";
import type { Result } from "../../terminal/present.ts";
import { requireBucket } from "./require_bucket.ts";
import { success } from "../../terminal/view.ts";

/** `insforge storage delete-bucket`: removes a bucket for good. */
export const deleteBucket = (run: Run) =>
  new Command()
    .arguments("<name:string>")
    .example("Delete without a question", "insforge storage delete-bucket photos -y")
    .action(run(runDeleteBucket));

async function runDeleteBucket(
  context: Context,
  _: unknown,
  name: string,
): Promise<Result> {
  const backend = await context.backend();
  await requireBucket(backend, name);
  const { total, objects } = await listObjects(backend, name, { limit: 1, offset: 0 });
  const count = total ?? objects.length;
  const objectsToo = count === 0 ? ", which is empty" : ` and its ${plural(count, "object")}`;
  await context.prompt.confirm(`Delete the bucket ${name}${objectsToo}? It cannot be undone.`);
  const answer = await remove(backend, name);
  return { data: answer, view: success(`Deleted the bucket ${name}${count ? objectsToo : ""}.`) };
}
