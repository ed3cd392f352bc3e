import { Command } from "@cliffy/command";
import { createS3Key, readS3Gateway } from "../../../client/backend/s3_keys.ts";
import type { Context, Run } from "../../../cli/context.ts";
import { UsageError } from "../../../core/errors.ts";
import type { Result } from "../../../terminal/present.ts";
import { facts, success, text } from "../../../terminal/view.ts";

/** Characters that backends take at most. */
const MAX_DESCRIPTION = 200;

interface Options {
  description?: string;
}

/** `insforge storage s3-keys create`: a key that S3 clients sign with. */
export const create = (run: Run) =>
  new Command()
    .option("--description <text:string>", "What the key is for.")
    .example("Make one", "insforge storage s3-keys create --description backup")
    .action(run(runCreate));

/** Makes a key; where it is for is asked first, so that nothing fails once there is a secret. */
async function runCreate(context: Context, { description }: Options): Promise<Result> {
  if (description !== undefined && description.length > MAX_DESCRIPTION) {
    throw new UsageError(`--description has more than ${MAX_DESCRIPTION} characters.`);
  }
  const backend = await context.backend();
  const gateway = await readS3Gateway(backend);
  const key = await createS3Key(backend, description);
  if (gateway?.available === false) {
    context.warn("This backend keeps its files on a disk, and does not answer S3 clients.");
  }
  return {
    data: { ...key, endpoint: gateway?.endpoint, region: gateway?.region },
    view: [
      success("Made an access key. Its secret is shown this once: keep it now."),
      facts([
        ["Access key", key.accessKeyId],
        ["Secret", key.secretAccessKey],
        ["Endpoint", gateway?.endpoint],
        ["Region", gateway?.region],
      ]),
      text("Clients have to put the bucket in the path (path-style)."),
    ],
  };
}
