import {
  findHostedBranch,
  type MergeDiff,
  mergeHostedBranch,
  previewMerge,
} from "../../../client/platform/branches.ts";
import type { Context } from "../../../cli/context.ts";
import { OperationError } from "../../../core/errors.ts";
import { writeOutputFile } from "../../../files/output_file.ts";
import type { Result } from "../../../terminal/present.ts";
import { raw, success } from "../../../terminal/view.ts";
import type { HostedParent } from "./parent.ts";

interface Options {
  readonly dryRun: boolean;
  readonly saveSql?: string;
}

/** Merges a branch, once it was shown what that does. @throws {OperationError} for a conflict */
export async function mergeHosted(
  context: Context,
  { id, linked, platform }: HostedParent,
  { dryRun, saveSql }: Options,
  name: string,
): Promise<Result> {
  const branch = await findHostedBranch(platform, id, name);
  using progress = context.progress("Comparing the branch with its parent");
  const diff = await previewMerge(platform, branch.id);
  progress.stop();
  const sql = diff.rendered_sql;
  if (saveSql !== undefined) {
    await writeOutputFile(context.launch, saveSql, ReadableStream.from([sql]));
  }
  if (diff.conflicts.length > 0) throw conflict(name, diff);
  if (dryRun) return { data: { diff, sql, applied: false, dryRun }, view: raw(`${sql}\n`) };
  const { added, modified } = diff.summary;
  const parent = linked.branched_from?.project_name ?? linked.project_name ?? "the parent";
  await context.prompt.confirm(
    `Bring ${added} new and ${modified} changed objects of ${name} to ${parent}?`,
  );
  using merging = context.progress("Merging");
  const outcome = await mergeHostedBranch(platform, branch.id);
  merging.stop();
  if (!outcome) throw conflict(name, await previewMerge(platform, branch.id));
  return {
    data: { ...outcome, diff, sql, applied: true, dryRun },
    view: success(`The parent has what ${name} changed. Deploy functions and sites by themselves.`),
  };
}

function conflict(name: string, { conflicts }: MergeDiff): OperationError {
  const objects = conflicts.map(({ schema, object }) => `${schema}.${object}`);
  return new OperationError(
    `Both the parent and ${name} have changed ${objects.slice(0, 3).join(", ") || "the same"}.`,
    "MERGE_CONFLICT",
    {
      hint: "Make both alike on one of them, then merge again.",
      facts: { conflicts },
    },
  );
}
