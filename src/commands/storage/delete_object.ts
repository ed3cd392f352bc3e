import { Command } from "@cliffy/command";
import { deleteObject as remove } from "../../client/backend/storage.ts";
import { inBucket, requireBucketAfter } from "./require_bucket.ts";
import type { Context, Run } from "../../cli/context.ts";
import { CliError } from "../../core/errors.ts";
import { ExitCode } from "../../core/exit_codes.ts";
import type { Result } from "../../terminal/present.ts";
import { success, table } from "../../terminal/view.ts";

/** `insforge storage delete-object`: removes objects for good. */
export const deleteObject = (run: Run) =>
  new Command()
    .arguments("<key...:string>")
    .option("--bucket <name:string>", "The bucket.", { required: true })
    .example("Delete an object", "insforge storage delete-object photo.jpg --bucket photos")
    .action(run(runDeleteObject));

/**
 * Asks, then deletes one after the other. Of several, each outcome is told and a failure ends with
 * 1.
 * @throws {HttpError} 404 when the only one is not there
 */
export async function runDeleteObject(
  context: Context,
  { bucket }: { bucket: string },
  ...keys: string[]
): Promise<Result> {
  await context.prompt.confirm(`Delete ${keys.join(", ")} from the bucket ${bucket}?`);
  const backend = await context.backend();
  const done = (key: string) => success(`Deleted ${key} from ${bucket}.`);
  if (keys.length === 1) {
    const [key] = keys as [string];
    return { data: await inBucket(backend, bucket, remove(backend, bucket, key)), view: done(key) };
  }
  const deleted: string[] = [];
  const failed: { key: string; error: string; code: string }[] = [];
  for (const key of keys) {
    try {
      await remove(backend, bucket, key);
      deleted.push(key);
    } catch (error) {
      if (!(error instanceof CliError) || context.signal.aborted) throw error;
      failed.push({ key, error: error.message, code: error.code });
    }
  }
  if (failed.length === keys.length) {
    await requireBucketAfter(failed.map(({ code }) => code), backend, bucket);
  }
  const failures = table(["Key", "Error"], failed.map(({ key, error }) => [key, error]), "");
  return {
    data: { deleted, failed },
    view: [...(failed.length > 0 ? [failures] : []), ...deleted.map(done)],
    exitCode: failed.length > 0 ? ExitCode.general : ExitCode.ok,
  };
}
