import { Command } from "@cliffy/command";
import { deleteObject as remove } from "../../api/backend/storage.ts";
import type { Context, Run } from "../../context.ts";
import { UsageError } from "../../errors.ts";
import type { Result } from "../../output/present.ts";
import { success } from "../../output/view.ts";

/** `insforge storage delete-object`: removes objects for good. */
export const deleteObject = (run: Run) =>
  new Command()
    .arguments("<key...:string>")
    .option("--bucket <name:string>", "The bucket.")
    .example("Delete an object", "insforge storage delete-object photo.jpg --bucket photos")
    .action(run(runDeleteObject));

/** Asks, then deletes one after the other. @throws {HttpError} 404 for the first that is not there */
export async function runDeleteObject(
  context: Context,
  { bucket }: { bucket?: string },
  ...keys: string[]
): Promise<Result> {
  if (!bucket) throw new UsageError("Missing --bucket.", { hint: "Name the bucket." });
  await context.prompt.confirm(`Delete ${keys.join(", ")} from the bucket ${bucket}?`);
  const backend = await context.backend();
  const answers = [];
  for (const key of keys) answers.push(await remove(backend, bucket, key));
  return {
    data: keys.length === 1 ? answers[0] : { deleted: keys },
    view: keys.map((key) => success(`Deleted ${key} from ${bucket}.`)),
  };
}
