import { Command } from "@cliffy/command";
import { deleteBucket as remove, listBuckets, listObjects } from "../../client/backend/storage.ts";
import type { Context, Run } from "../../cli/context.ts";
import { NotFoundError } from "../../core/errors.ts";
import { plural } from "../../terminal/plural.ts";
import type { Result } from "../../terminal/present.ts";
import { success } from "../../terminal/view.ts";

/** `insforge storage delete-bucket`: removes a bucket for good. */
export const deleteBucket = (run: Run) =>
  new Command()
    .arguments("<name:string>")
    .example("Delete without a question", "insforge storage delete-bucket photos -y")
    .action(run(runDeleteBucket));

/** Says how many objects go with it, asks, and deletes. @throws {NotFoundError} */
export async function runDeleteBucket(
  context: Context,
  _: unknown,
  name: string,
): Promise<Result> {
  const backend = await context.backend();
  const buckets = await listBuckets(backend);
  if (!buckets.some((bucket) => bucket.name === name)) {
    throw new NotFoundError(`There is no bucket ${name}.`, {
      hint: "See the buckets with: insforge storage buckets",
    });
  }
  const { total, objects } = await listObjects(backend, name, { limit: 1, offset: 0 });
  const count = total ?? objects.length;
  const objectsToo = count === 0 ? ", which is empty" : ` and its ${plural(count, "object")}`;
  await context.prompt.confirm(`Delete the bucket ${name}${objectsToo}? It cannot be undone.`);
  const answer = await remove(backend, name);
  return { data: answer, view: success(`Deleted the bucket ${name}${count ? objectsToo : ""}.`) };
}
