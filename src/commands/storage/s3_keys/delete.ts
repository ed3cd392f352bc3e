import { Command } from "@cliffy/command";
import { deleteS3Key, listS3Keys } from "../../../client/backend/s3_keys.ts";
import type { Context, Run } from "../../../cli/context.ts";
import { NotFoundError } from "../../../core/errors.ts";
import type { Result } from "../../../terminal/present.ts";
import { success } from "../../../terminal/view.ts";

/** `insforge storage s3-keys delete`: takes a key away. */
export const remove = (run: Run) =>
  new Command()
    .arguments("<key:string>")
    .example("By access key", "insforge storage s3-keys delete INSFABC123DEF456GH78")
    .example("Without a question", "insforge storage s3-keys delete INSFABC123DEF456GH78 -y")
    .action(run(runDelete));

/** Finds the key by its id or its public part, asks, and deletes it. */
async function runDelete(context: Context, _options: unknown, name: string): Promise<Result> {
  const backend = await context.backend();
  const key = (await listS3Keys(backend)).find(({ id, accessKeyId }) =>
    id === name || accessKeyId === name
  );
  if (!key) {
    throw new NotFoundError(`There is no access key ${name}.`, {
      hint: "See the access keys with: insforge storage s3-keys list",
    });
  }
  const { id, accessKeyId, description } = key;
  const what = description ? `${accessKeyId} (${description})` : accessKeyId;
  await context.prompt.confirm(`Delete ${what}? Clients that sign with it will be refused.`);
  await deleteS3Key(backend, id);
  return { data: { id, accessKeyId }, view: success(`Deleted ${accessKeyId}.`) };
}
