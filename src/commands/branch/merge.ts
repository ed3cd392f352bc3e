import { Command } from "@cliffy/command";
import { rawSql } from "../../client/backend/database.ts";
import type { HttpClient } from "../../client/http.ts";
import type { Context, Run } from "../../cli/context.ts";
import { OperationError } from "../../core/errors.ts";
import { writeOutputFile } from "../../files/output_file.ts";
import { plural } from "../../terminal/plural.ts";
import type { Result } from "../../terminal/present.ts";
import { raw, success } from "../../terminal/view.ts";
import { scriptOf } from "../db/diff/script.ts";
import { actingOn } from "../local/acting_on.ts";
import type { LocalBackendControl } from "../local/backend_process.ts";
import { findBranch, writeBranch } from "./branches.ts";
import { ensureRunning, parentOf } from "./linked.ts";
import { mergeChanges } from "./three_way.ts";
import { hostedParent } from "./hosted/parent.ts";

interface Options {
  dryRun?: boolean;
  saveSql?: string;
  drops?: boolean;
}

/** `insforge branch merge`. */
export const merge = (run: Run) =>
  new Command()
    .arguments("<name:string>")
    .option("--dry-run", "Show the SQL, and run nothing.")
    .option("--save-sql <path:string>", "Write the SQL to a file as well.")
    .option("--drops", "Also run what loses data; else it stands in comments.")
    .example("See what would be done", "insforge branch merge new-policies --dry-run")
    .example("Bring it to the parent", "insforge branch merge new-policies")
    .action(run(runMerge));

/**
 * Finds what the branch has changed since it began, and does the same to the parent, in one
 * transaction. Rows stay where they are.
 * @throws {OperationError} when both have changed the same object
 */
async function runMerge(context: Context, options: Options, name: string): Promise<Result> {
  const { dryRun = false, saveSql, drops = false } = options;
  const hosted = await hostedParent(context);
  if (hosted) {
    const { mergeHosted } = await import("./hosted/merge.ts");
    return await mergeHosted(context, hosted, { dryRun, saveSql }, name);
  }
  const parent = await parentOf(context);
  const { branch, place, backend } = await findBranch(context, name);
  using progress = context.progress("Comparing the schemas");
  const [ours, theirs] = [
    await clientOf(context, parent.backend),
    await clientOf(context, backend),
  ];
  const { changes, unbridged, conflicts } = await mergeChanges(context, place.start, ours, theirs);
  progress.stop();
  const script = scriptOf(changes, `What the branch ${name} has changed.`, drops);
  if (saveSql !== undefined) {
    await writeOutputFile(context.launch, saveSql, ReadableStream.from([script]));
  }
  if (conflicts.length > 0) {
    throw new OperationError(
      `Both the parent and ${name} have changed ${conflicts.slice(0, 3).join(", ")}.`,
      "MERGE_CONFLICT",
      {
        hint: "Make both alike on one of them, then merge again.",
        facts: { conflicts },
      },
    );
  }
  for (const { object, why } of unbridged) context.warn(`Not in it: ${object}: ${why}.`);
  const lost = changes.filter(({ isDestructive }) => isDestructive).length;
  const data = { changes: changes.length, destructive: lost, unbridged, sql: script };
  if (dryRun || changes.length === 0) {
    return {
      data: { ...data, applied: false, dryRun },
      view: changes.length === 0
        ? success(`The branch ${name} has changed nothing in the schema.`)
        : raw(script),
    };
  }
  if (lost > 0 && !drops) {
    context.warn(`${plural(lost, "statement")} that lose data are left out: see --dry-run.`);
  }
  await context.prompt.confirm(
    `Run ${plural(changes.length, "statement")} of the branch ${name} on the parent?`,
  );
  await rawSql(ours, script);
  await writeBranch(place.folder, { ...branch, branch_state: "merged" });
  return {
    data: { ...data, applied: true, dryRun },
    view: success(
      `The parent has the schema of the branch ${name}. Deploy functions by themselves.`,
    ),
  };
}

async function clientOf(context: Context, backend: LocalBackendControl): Promise<HttpClient> {
  const { url } = await ensureRunning(backend);
  const target = { url, apiKey: await backend.apiKey(), source: backend.dataDir };
  return await actingOn(context, target).backend();
}
