import { Command } from "@cliffy/command";
import { basename, resolve } from "@std/path";
import { type ImportAnswer, importSql, listTables } from "../../client/backend/database.ts";
import type { HttpClient } from "../../client/http.ts";
import { reason } from "../../files/reason.ts";
import type { Context, Run } from "../../cli/context.ts";
import { FileError, HttpError, OperationError } from "../../core/errors.ts";
import { type Batch, readBatches } from "../../shared/sql/batches.ts";
import { type OpenFile, type Scan, scanFile } from "../../shared/sql/scan.ts";
import { ExitCode } from "../../core/exit_codes.ts";
import { keepInput } from "../../files/spooled_input.ts";
import { formatBytes } from "../../terminal/bytes.ts";
import { plural } from "../../terminal/plural.ts";
import type { Progress } from "../../terminal/progress.ts";
import type { Result } from "../../terminal/present.ts";
import { success } from "../../terminal/view.ts";

interface Options {
  truncate?: boolean;
}

/** What backends take at once by default (section 6.8). */
const REQUEST_BYTES = 50 * 1024 ** 2;
/** The parts of a larger file, in UTF-16 units: what a part holds is held in memory. */
const BATCH_LENGTH = 2_000_000;

/** `insforge db import`: runs an SQL file. */
export const importDatabase = (run: Run) =>
  new Command()
    .arguments("<file:string>")
    .option("--truncate", "Empty every table of the schema public first.")
    .example("Restore a backup", "insforge db import backup.sql")
    .example("Replace all rows", "insforge db import rows.sql --truncate")
    .example("Read from a pipe", "gunzip -c backup.sql.gz | insforge db import -")
    .action(run(runImport));

/**
 * Imports a file: in one transaction, or where it is too large for a request in several.
 * @throws {FileError} when the file is missing or no SQL text
 * @throws {HttpError} with the line of the statement that failed
 */
export async function runImport(
  context: Context,
  { truncate = false }: Options,
  path: string,
): Promise<Result> {
  await using source = await openSource(context, path);
  const { open, name, title, bytes } = source;
  using progress = context.progress(`Reading ${title}`);
  const scan = await scanFile(open, title);
  const backend = await context.backend();
  progress.stop();
  if (truncate) await confirmTruncation(context, backend);
  using sending = context.progress(`Importing ${title}`);
  const answer = bytes <= REQUEST_BYTES
    ? await importWhole(backend, source, truncate, sending)
    : await importParts(context, backend, source, scan, truncate, sending);
  sending.stop();
  const { tables = [], rowsImported = 0 } = answer;
  const counts = `${plural(tables.length, "table")}, ${plural(rowsImported, "row")}`;
  return {
    data: { success: true, filename: name, fileSize: bytes, ...answer },
    view: success(`Imported ${title}: ${counts}.`),
  };
}

interface Source extends AsyncDisposable {
  readonly name: string;
  /** How messages call it. */
  readonly title: string;
  readonly bytes: number;
  readonly open: OpenFile;
}

/** A file can be read again; a stream is kept in a temporary file so that it can be, too. */
async function openSource(context: Context, path: string): Promise<Source> {
  const file = path === "-" ? undefined : await statFile(context, path);
  const kept = file?.isFile ? undefined : await keepInput(context, path);
  const readable = kept?.path ?? resolve(context.launch.cwd, path);
  return {
    name: kept ? "stdin.sql" : basename(path),
    title: path === "-" ? "Standard input" : basename(path),
    bytes: kept?.size ?? file!.size,
    open: async () => (await Deno.open(readable)).readable,
    async [Symbol.asyncDispose]() {
      await kept?.[Symbol.asyncDispose]();
    },
  };
}

async function statFile({ launch }: Context, path: string): Promise<Deno.FileInfo> {
  try {
    const file = await Deno.stat(resolve(launch.cwd, path));
    if (!file.isDirectory) return file;
  } catch (error) {
    throw new FileError(`Cannot read ${path}: ${reason(error)}.`, { cause: error });
  }
  throw new FileError(`${path} is a folder.`, { hint: "Give an SQL file." });
}

async function confirmTruncation(context: Context, backend: HttpClient): Promise<void> {
  const tables = await listTables(backend);
  if (tables.length === 0) return;
  const names = tables.slice(0, 5).join(", ") + (tables.length > 5 ? ", …" : "");
  await context.prompt.confirm(
    `--truncate empties every table of the schema public (${
      plural(tables.length, "table")
    }: ${names}), also those that the file does not fill. Go on?`,
  );
}

async function importWhole(
  backend: HttpClient,
  { name, title, bytes, open }: Source,
  truncate: boolean,
  progress: Progress,
): Promise<ImportAnswer> {
  async function* counted() {
    let sent = 0;
    for await (const chunk of await open()) {
      sent += chunk.length;
      progress.update(`Importing ${title}: ${formatBytes(sent)} of ${formatBytes(bytes)}`);
      yield chunk;
    }
  }
  const file = { name, size: bytes, open: counted };
  try {
    return await importSql(backend, file, { truncate });
  } catch (error) {
    throw importError(error, bytes, (line) => line);
  }
}

/** Every part is a transaction of its own: said before the first one. */
async function importParts(
  context: Context,
  backend: HttpClient,
  { name, title, bytes, open }: Source,
  scan: Scan,
  truncate: boolean,
  progress: Progress,
): Promise<ImportAnswer> {
  if (scan.longest.length > REQUEST_BYTES) {
    const { length, line } = scan.longest;
    throw new FileError(
      `${title}, line ${line}: the statement has ${formatBytes(length)}, more than a request may.`,
      { hint: "Divide it into several statements." },
    );
  }
  context.warn(
    `${title} has ${formatBytes(bytes)}, more than a backend takes at once (${
      formatBytes(REQUEST_BYTES)
    }): it is imported in parts, each a transaction of its own.`,
  );
  const tables = new Set<string>();
  let rowsImported = 0;
  let transactions = 0;
  let done = 0;
  for await (const batch of readBatches(open, title, BATCH_LENGTH)) {
    progress.update(
      `Importing ${title}: ${formatBytes(done)} of ${formatBytes(bytes)}, part ${transactions + 1}`,
    );
    const part = { name, size: batch.bytes, open: () => ReadableStream.from(batch.pieces) };
    try {
      const isFirst = transactions === 0;
      const answer = await importSql(backend, part, { truncate: truncate && isFirst });
      answer.tables?.forEach((table) => tables.add(table));
      rowsImported += answer.rowsImported ?? 0;
    } catch (error) {
      throw importError(error, bytes, batch.lineOf, batch, transactions > 0);
    }
    transactions++;
    done += batch.bytes;
  }
  return { tables: [...tables], rowsImported, transactions };
}

interface ImportDetails {
  readonly line?: number;
  readonly statement?: string;
  readonly sqlstate?: string;
  readonly detail?: string;
  readonly hint?: string;
}

/** Says where in the file it failed, and what of it is there all the same. */
function importError(
  error: unknown,
  bytes: number,
  lineOf: (line: number) => number,
  batch?: Batch,
  isPartDone = false,
): unknown {
  if (!(error instanceof HttpError)) return error;
  if (error.status === 413) {
    return new OperationError(
      `The file is larger than the backend allows: it has ${formatBytes(bytes)}.`,
      error.code,
      { hint: "Divide it, or raise the backend's limit.", facts: error.facts, cause: error },
    );
  }
  const details = (error.facts.details ?? {}) as ImportDetails;
  const line = details.line === undefined ? undefined : lineOf(details.line);
  const place = line !== undefined
    ? ` (line ${line})`
    : batch
    ? ` (lines ${batch.firstLine} to ${batch.lastLine})`
    : "";
  const excerpt = [
    details.statement && `Statement: ${details.statement.replaceAll(/\s+/g, " ").slice(0, 150)}`,
    details.detail && `Detail: ${details.detail}`,
    details.hint && `Hint: ${details.hint}`,
  ].filter(Boolean).join("\n");
  const kept = isPartDone
    ? `What is before line ${batch!.firstLine} was imported and stays.`
    : undefined;
  const sqlstate = details.sqlstate ? ` (SQLSTATE ${details.sqlstate})` : "";
  const { status, code, exitCode } = error;
  // Text that does not parse is a general error, although backends answer it with 403.
  const isSyntax = details.sqlstate === "42601" || /\bsyntax error\b/i.test(error.message);
  return new HttpError(
    `${error.message}${sqlstate}${place}`,
    status,
    code,
    isSyntax ? ExitCode.general : exitCode,
    {
      hint: kept ?? (isSyntax || details.sqlstate ? "Nothing was imported." : error.hint),
      excerpt: excerpt || undefined,
      facts: { ...error.facts, line },
      cause: error,
    },
  );
}
