import { Command } from "@cliffy/command";
import { type ImportAnswer, importSql } from "../../client/backend/database.ts";
import type { HttpClient } from "../../client/http.ts";
import type { Context, Run } from "../../cli/context.ts";
import { FileError, UsageError } from "../../core/errors.ts";
import { formatBytes } from "../../terminal/bytes.ts";
import { plural } from "../../terminal/plural.ts";
import type { Progress } from "../../terminal/progress.ts";
import type { Result } from "../../terminal/present.ts";
import { success } from "../../terminal/view.ts";
import { importFailure } from "./script/failure.ts";
import { locateFailure } from "./script/locate.ts";
import { type Part, writeParts, writeWhole } from "./script/parts.ts";
import { checkWishes, type Plan, planImport, type Wishes } from "./script/plan.ts";
import { describeSkipped } from "./script/skipped.ts";
import { openSource, type Source } from "./script/source.ts";
import { type Piece, Translation } from "./script/translate.ts";

/** What backends take at once by default (section 6.8). */
const REQUEST_BYTES = 50 * 1024 ** 2;
/** The parts of a larger file, in UTF-16 units: what a part holds is held in memory. */
const PART_LENGTH = 2_000_000;

/** `insforge db import`: runs an SQL file. */
export const importDatabase = (run: Run) =>
  new Command()
    .arguments("<file:string>")
    .option("--clean", "Drop what the file makes first, where it is there already.")
    .option("--truncate", "Empty every table of the schema public first; of a dump take the rows.")
    .example("Restore a backup", "insforge db import backup.sql")
    .example("Restore it over what is there", "insforge db import backup.sql --clean")
    .example("Replace all rows", "insforge db import rows.sql --truncate")
    .example("Import from PostgreSQL", "pg_dump app | insforge db import -")
    .action(run(runImport));

/**
 * Imports a file: in one transaction, or where it is too large for a request in several.
 * @throws {FileError} when the file is missing or nothing that can be imported
 * @throws {OperationError} when its tables are there already
 * @throws {HttpError} with the line of the statement that failed
 */
export async function runImport(context: Context, wishes: Wishes, path: string): Promise<Result> {
  checkWishes(wishes);
  await using source = await openSource(context, path);
  using progress = context.progress(`Reading ${source.title}`);
  const read = await readScript(source);
  const backend = await context.backend();
  progress.stop();
  const plan = await planImport(context, backend, read.translation.facts, wishes);
  const script = plan.head || plan.dataOnly ? await readScript(source, plan) : read;
  tell(context, source, script.translation);
  using sending = context.progress(`Importing ${source.title}`);
  const send = { context, backend, source, plan, script, progress: sending };
  const answer = await (script.bytes <= REQUEST_BYTES ? importWhole(send) : importParts(send));
  sending.stop();
  return resultOf(source, script.translation, answer);
}

/** A file once it was read. */
interface Script {
  readonly translation: Translation;
  /** The length of what is sent, framed by the plan. */
  readonly bytes: number;
  readonly longest: { readonly length: number; readonly line: number };
}

/** @throws {UsageError} when there is no statement in it */
async function readScript({ title, open }: Source, plan?: Plan): Promise<Script> {
  const translation = new Translation(title, { dataOnly: plan?.dataOnly });
  let longest = { length: 0, line: 0 };
  async function* measured() {
    for await (const pieces of translation.pieces(open)) {
      for (const { sql, line } of pieces) {
        if (sql.length > longest.length) longest = { length: sql.length, line };
      }
      yield pieces;
    }
  }
  let bytes = 0;
  for await (const chunk of writeWhole(measured(), plan ?? { head: "", tail: "" })) {
    bytes += chunk.length;
  }
  if (translation.statements === 0) {
    throw new UsageError(`${title} has no SQL statement.`, {
      hint: "Give at least one statement.",
    });
  }
  return { translation, bytes, longest };
}

function tell(context: Context, { title }: Source, { skipped, renamedLine }: Translation): void {
  const left = describeSkipped(skipped.list());
  if (left) context.note(`Left out of ${title}: ${left}.`);
  if (renamedLine !== undefined) {
    context.note(`service_role is called project_admin here (line ${renamedLine}).`);
  }
}

/** What an import in progress needs. */
interface Sending {
  readonly context: Context;
  readonly backend: HttpClient;
  readonly source: Source;
  readonly plan: Plan;
  readonly script: Script;
  readonly progress: Progress;
}

async function importWhole(
  { backend, source, plan, script, progress }: Sending,
): Promise<ImportAnswer> {
  const { title, name, open } = source;
  const pieces = () => new Translation(title, plan).pieces(open);
  async function* counted() {
    let sent = 0;
    for await (const chunk of writeWhole(pieces(), plan)) {
      sent += chunk.length;
      progress.update(`Importing ${title}: ${formatBytes(sent)} of ${formatBytes(script.bytes)}`);
      yield chunk;
    }
  }
  const file = { name, size: script.bytes, open: counted };
  try {
    return await importSql(backend, file, plan);
  } catch (error) {
    throw await importFailure(error, {
      bytes: source.bytes,
      firstLine: 1,
      locate: (error) => locateFailure(backend, pieces(), plan, error),
    });
  }
}

/** Every part is a transaction of its own: said before the first one. */
async function importParts(
  { context, backend, source, plan, script, progress }: Sending,
): Promise<ImportAnswer> {
  const { title, name, open } = source;
  if (script.longest.length > REQUEST_BYTES) {
    const { length, line } = script.longest;
    throw new FileError(
      `${title}, line ${line}: the statement has ${formatBytes(length)}, more than a request may.`,
      { hint: "Divide it into several statements." },
    );
  }
  context.warn(
    `${title} has ${formatBytes(script.bytes)}, more than a backend takes at once (${
      formatBytes(REQUEST_BYTES)
    }): it is imported in parts, each a transaction of its own.`,
  );
  // What rests until the end of a transaction would resume with the first part.
  const frame = plan.truncate ? { head: "", tail: "" } : plan;
  const tables = new Set<string>();
  let rowsImported = 0;
  let transactions = 0;
  let done = 0;
  let importedUpTo: number | undefined;
  const pieces = new Translation(title, plan).pieces(open);
  for await (const part of writeParts(pieces, frame, PART_LENGTH)) {
    progress.update(
      `Importing ${title}: ${formatBytes(done)} of ${formatBytes(script.bytes)}, ` +
        `part ${transactions + 1}`,
    );
    const file = { name, size: part.bytes, open: () => ReadableStream.from(part.chunks) };
    const truncate = plan.truncate && transactions === 0;
    try {
      const answer = await importSql(backend, file, { truncate });
      answer.tables?.forEach((table) => tables.add(table));
      rowsImported += answer.rowsImported ?? 0;
    } catch (error) {
      const statements = () => between(new Translation(title, plan).pieces(open), part);
      throw await importFailure(error, {
        bytes: source.bytes,
        firstLine: part.firstLine,
        locate: (error) => locateFailure(backend, statements(), { ...frame, truncate }, error),
        importedUpTo,
      });
    }
    transactions++;
    done += part.bytes;
    importedUpTo = part.lastLine;
  }
  return { success: true, tables: [...tables], rowsImported, transactions };
}

/** The statements of a part, read once more: they are not kept. */
async function* between(
  pieces: AsyncIterable<readonly Piece[]>,
  { firstLine, lastLine }: Part,
): AsyncGenerator<Piece[]> {
  for await (const some of pieces) {
    yield some.filter(({ line, isSetting }) =>
      line <= lastLine && (line >= firstLine || isSetting)
    );
  }
}

/** The tables and rows are those of the file: not every backend reads names as PostgreSQL does. */
function resultOf(
  { name, title, bytes }: Source,
  { facts, skipped, renamedLine }: Translation,
  answer: ImportAnswer,
): Result {
  const tables = facts.tables.length > 0 ? facts.tables : answer.tables ?? [];
  const rowsImported = facts.rows ?? answer.rowsImported ?? 0;
  const left = skipped.list();
  return {
    data: {
      success: true,
      ...answer,
      filename: name,
      fileSize: bytes,
      tables,
      rowsImported,
      ...(left.length > 0 ? { skipped: left } : {}),
      ...(renamedLine === undefined ? {} : { renamed: { service_role: "project_admin" } }),
    },
    view: success(
      `Imported ${title}: ${plural(tables.length, "table")}, ${plural(rowsImported, "row")}.`,
    ),
  };
}
