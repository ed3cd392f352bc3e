import { Command } from "@cliffy/command";
import { createBucket as create } from "../../client/backend/storage.ts";
import type { Context, Run } from "../../cli/context.ts";
import { advised, UsageError } from "../../core/errors.ts";
import type { Result } from "../../terminal/present.ts";
import { success } from "../../terminal/view.ts";

/** `insforge storage create-bucket`: a place for objects. */
export const createBucket = (run: Run) =>
  new Command()
    .arguments("<name:string>")
    .option("--public", "Anybody can read its objects; so it is without this.", {
      conflicts: ["private"],
    })
    .option("--private", "Only with a credential can its objects be read.")
    .example("A public bucket", "insforge storage create-bucket photos")
    .example("A private one", "insforge storage create-bucket invoices --private")
    .action(run(runCreateBucket));

/** Makes a bucket, which anybody can read unless it is private. @throws {HttpError} 409 */
async function runCreateBucket(
  context: Context,
  options: { private?: boolean },
  name: string,
): Promise<Result> {
  if (!/^[A-Za-z0-9_-]+$/.test(name)) {
    throw new UsageError(`${JSON.stringify(name)} cannot name a bucket.`, {
      hint: "Use letters, digits, hyphens and underscores.",
    });
  }
  const isPublic = !options.private;
  const answer = await advised(
    create(await context.backend(), name, isPublic),
    409,
    "See the buckets with: insforge storage buckets",
  );
  const who = isPublic ? "public: anybody can read its objects" : "private";
  return { data: answer, view: success(`Created the bucket ${name}. It is ${who}.`) };
}
