import { Command } from "@cliffy/command";
import type { ImportAnswer } from "../../client/backend/database.ts";
import type { Context, Run } from "../../cli/context.ts";
import { plural } from "../../terminal/plural.ts";
import type { Result } from "../../terminal/present.ts";
import { success, text } from "../../terminal/view.ts";
import { importFolder, sqlFilesIn } from "./script/folder.ts";
import { checkWishes, type Plan, planImport, type Wishes } from "./script/plan.ts";
import {
  addMissing,
  framed,
  isBlank,
  type Left,
  leftOf,
  leftOut,
  readScript,
  requireStatements,
  tell,
} from "./script/read.ts";
import { sendScript } from "./script/send.ts";
import { openSource, type Source } from "./script/source.ts";
import type { Translation } from "./script/translate.ts";

/** `insforge db import`: runs an SQL file. */
export const importDatabase = (run: Run) =>
  new Command()
    .arguments("<file:string>")
    .option("--clean", "Drop what the file makes first, where it is there already.")
    .option("--truncate", "Empty every table of the schema public first; of a dump take the rows.")
    .example("Restore a backup", "insforge db import backup.sql")
    .example("Restore it over what is there", "insforge db import backup.sql --clean")
    .example("Replace all rows", "insforge db import rows.sql --truncate")
    .example("Move from Supabase", "insforge db import supabase/migrations")
    .example("Import from PostgreSQL", "pg_dump app | insforge db import -")
    .action(run(runImport));

/**
 * Imports a file: in one transaction, or where it is too large for a request in several; of a
 * folder each file.
 * What has no statement is no error, as it is none of psql's.
 * @throws {FileError} when the file is missing or nothing that can be imported
 * @throws {OperationError} when its tables are there already
 * @throws {HttpError} with the line of the statement that failed
 */
export async function runImport(context: Context, wishes: Wishes, path: string): Promise<Result> {
  checkWishes(wishes);
  const files = await sqlFilesIn(context, path);
  return files
    ? await importFolder(context, wishes, path, files)
    : await importFile(context, wishes, path);
}

async function importFile(context: Context, wishes: Wishes, path: string): Promise<Result> {
  await using source = await openSource(context, path);
  using progress = context.progress(`Reading ${source.title}`);
  const read = await readScript(source);
  if (!wishes.truncate && await isBlank(source, read)) return nothingOf(source);
  await requireStatements(source, read);
  const backend = await context.backend();
  progress.stop();
  const plan = await planImport(context, backend, read.translation.facts, wishes);
  const script = isReadAnew(plan) ? await readScript(source, plan) : framed(read, plan);
  const left = leftOf(source, script.translation);
  addMissing(left, read.translation.facts, plan);
  await requireStatements(source, script);
  tell(context, source.title, left);
  using sending = context.progress(`Importing ${source.title}`);
  const sent = { context, backend, source, plan, script, progress: sending };
  const answer = script.translation.statements > 0 || plan.truncate
    ? await sendScript(sent)
    : { success: true };
  sending.stop();
  return resultOf(source, script.translation, answer, left);
}

/** With `--truncate` an error instead: nobody empties their tables by a file without rows. */
function nothingOf({ name, title, bytes }: Source): Result {
  return {
    data: { success: true, filename: name, fileSize: bytes, tables: [], rowsImported: 0 },
    view: text(`There was nothing to run: ${title} has no SQL statement.`),
  };
}

/** Whether what is sent hangs on the plan. */
function isReadAnew({ rests, dataOnly, missingExtensions }: Plan): boolean {
  return rests || dataOnly || missingExtensions.size > 0;
}

/** The tables and rows are those of the file: not every backend reads names as PostgreSQL does. */
function resultOf(
  { name, title, bytes }: Source,
  { facts }: Translation,
  answer: ImportAnswer,
  left: Left,
): Result {
  const tables = facts.tables.length > 0 ? facts.tables : answer.tables ?? [];
  const rowsImported = facts.rows ?? answer.rowsImported ?? 0;
  return {
    data: {
      success: true,
      ...answer,
      filename: name,
      fileSize: bytes,
      tables,
      rowsImported,
      ...leftOut(left),
    },
    view: success(
      `Imported ${title}: ${plural(tables.length, "table")}, ${plural(rowsImported, "row")}.`,
    ),
  };
}
