import { Command } from "@cliffy/command";
import { exportOnServer, listSchemas } from "../../client/backend/database.ts";
import type { Context, Run } from "../../cli/context.ts";
import { tellForeign } from "./foreign_schemas.ts";
import { type DumpRequest, openDump } from "./dump/dump.ts";
import { OperationError, UsageError } from "../../core/errors.ts";
import { writeOutputFile } from "../../files/output_file.ts";
import { formatBytes } from "../../terminal/bytes.ts";
import { plural } from "../../terminal/plural.ts";
import type { Progress } from "../../terminal/progress.ts";
import type { Result } from "../../terminal/present.ts";
import { success } from "../../terminal/view.ts";

interface Options {
  format?: string;
  tables?: string;
  excludeTable?: string[];
  /** False for `--no-data`. */
  data: boolean;
  schemaOnly?: boolean;
  dataOnly?: boolean;
  clean?: boolean;
  includeFunctions?: boolean;
  includeSequences?: boolean;
  includeViews?: boolean;
  rowLimit?: number;
  output?: string;
  server?: boolean;
}

/** The most rows a table that the backend's own export gives. */
const SERVER_ROW_LIMIT = 10_000;

/** `insforge db export`: a complete dump of the database. */
export const exportDatabase = (run: Run) =>
  new Command()
    .option("-o, --output <path:string>", "Write to a file, compressed if it ends in .gz.")
    .option("--format <format:string>", "sql or json.", { default: "sql" })
    .option("--clean", "Let the file drop first what it makes.")
    .group("What is exported")
    .option("--tables <names:string>", "These tables and what they need, separated by commas.")
    .option("--exclude-table <names:string>", "All but these tables; can be given again.", {
      collect: true,
    })
    .option("--schema-only", "The schema alone; --no-data is the same.")
    .option("--no-data", "The schema alone.", { hidden: true })
    .option("--data-only", "The rows alone, for a database that has the tables.")
    .option("--row-limit <rows:integer>", "The most rows of each table.")
    .group("Of the backend's own export, and with --tables")
    .option("--server", "Let the backend make the export; it may leave out rows and keys.")
    .option("--include-functions", "With --tables or --server: all functions too.")
    .option("--include-sequences", "With --tables or --server: all sequences too.")
    .option("--include-views", "With --tables or --server: all views too.")
    .example("Back up the database", "insforge db export -o backup.sql")
    .example("Export two tables", "insforge db export --tables posts,comments")
    .example("Compress the backup", "insforge db export -o backup.sql.gz")
    .example("Export the schema alone", "insforge db export --schema-only -o schema.sql")
    .example("Replace an older copy", "insforge db export --clean -o copy.sql")
    .action(run(runExport));

/**
 * A finished or running export: its document, and what is known of it when the document has ended.
 */
interface Export {
  readonly document: AsyncIterable<string>;
  summary(): {
    /** Undefined, as `rows` is, where the backend does not say. */
    readonly tables?: readonly string[];
    readonly rows?: number;
    readonly timestamp: string;
    readonly truncatedTables: readonly string[];
  };
}

/**
 * Exports to a file or to stdout.
 * @throws {UsageError} for an unknown format or table
 * @throws {OperationError} when the export would not be complete; no file is written then
 */
export async function runExport(context: Context, options: Options): Promise<Result> {
  const request = requestOf(options);
  const { rowLimit, output, server } = options;
  const made = server
    ? await serverExport(context, request, rowLimit)
    : await clientExport(context, request, output);
  if (!goesToStdout(output)) {
    const document = output.endsWith(".gz") ? compressed(made.document) : made.document;
    const bytes = await writeOutputFile(context.launch, output, document);
    const { tables, rows, timestamp, truncatedTables } = made.summary();
    warnOfTruncation(context, truncatedTables, rowLimit);
    const { format } = request;
    const counts = [tables && plural(tables.length, "table"), rows && plural(rows, "row")];
    return {
      data: {
        success: true,
        path: output,
        format,
        bytes,
        tables,
        rows,
        timestamp,
        truncatedTables,
      },
      view: success(
        `Exported to ${output}: ${[...counts, formatBytes(bytes)].filter(Boolean).join(", ")}.`,
      ),
    };
  }
  const document = context.options.json ? asJson(made, request.format) : made.document;
  return {
    stream: encoded(document, () => {
      warnOfTruncation(context, made.summary().truncatedTables, rowLimit);
    }),
  };
}

function goesToStdout(output: string | undefined): output is "-" | undefined {
  return output === undefined || output === "-";
}

function requestOf(options: Options): DumpRequest {
  const { format = "sql", rowLimit, dataOnly = false, clean = false } = options;
  if (format !== "sql" && format !== "json") {
    throw new UsageError(`There is no format ${format}.`, { hint: "Use sql or json." });
  }
  if (rowLimit !== undefined && rowLimit < 1) {
    throw new UsageError("--row-limit must be at least 1.", {
      hint: "For the schema alone use --schema-only.",
    });
  }
  const schemaOnly = options.schemaOnly || !options.data;
  const request: DumpRequest = {
    format,
    tables: options.tables === undefined ? undefined : namesIn("--tables", [options.tables]),
    excluded: options.excludeTable && namesIn("--exclude-table", options.excludeTable),
    part: dataOnly ? "data" : schemaOnly ? "schema" : "all",
    clean,
    includeFunctions: options.includeFunctions ?? false,
    includeSequences: options.includeSequences ?? false,
    includeViews: options.includeViews ?? false,
    rowLimit: rowLimit ?? Infinity,
  };
  refuseCombinations(options, request, schemaOnly);
  return request;
}

function namesIn(option: string, values: readonly string[]): string[] {
  const names = values.flatMap((value) => value.split(",")).map((name) => name.trim())
    .filter(Boolean);
  if (names.length === 0) throw new UsageError(`${option} names no table.`);
  return names;
}

function refuseCombinations(
  { dataOnly, server }: Options,
  { format, excluded, clean }: DumpRequest,
  schemaOnly: boolean,
): void {
  const refuse = (first: string, second: string) => {
    throw new UsageError(`${first} and ${second} exclude each other.`);
  };
  if (dataOnly && schemaOnly) refuse("--data-only", "--schema-only");
  if (dataOnly && clean) refuse("--data-only", "--clean");
  if (format === "json" && clean) refuse("--format json", "--clean");
  if (format === "json" && dataOnly) refuse("--format json", "--data-only");
  if (server && clean) refuse("--server", "--clean");
  if (server && dataOnly) refuse("--server", "--data-only");
  if (server && excluded) refuse("--server", "--exclude-table");
}

async function clientExport(
  context: Context,
  request: DumpRequest,
  output: string | undefined,
): Promise<Export> {
  const backend = await context.backend();
  const isShared = goesToStdout(output) && !await context.terminal.stdoutIsFile();
  const progress = context.progress("Reading the schema");
  try {
    const { own, foreign } = await listSchemas(backend);
    tellForeign(context, foreign);
    const dump = await openDump(backend, own, request, (table, rows) => {
      progress.update(`Exporting ${table.name}: ${plural(rows, "row")}`);
    });
    dump.notes.forEach((note) => context.note(note));
    const timestamp = context.clock.now().toISOString();
    return {
      document: clearing(dump.document, progress, isShared),
      summary: () => ({ ...dump.summary(), timestamp }),
    };
  } catch (error) {
    progress.stop();
    throw error;
  }
}

async function serverExport(
  context: Context,
  request: DumpRequest,
  rowLimit = SERVER_ROW_LIMIT,
): Promise<Export> {
  if (rowLimit > SERVER_ROW_LIMIT) {
    throw new UsageError(`With --server, --row-limit can be ${SERVER_ROW_LIMIT} at most.`, {
      hint: "Without --server there is no limit.",
    });
  }
  const backend = await context.backend();
  using progress = context.progress("Waiting for the backend's export");
  const { format, tables, includeFunctions, includeSequences, includeViews, part } = request;
  const answer = await exportOnServer(backend, {
    format,
    tables,
    includeFunctions,
    includeSequences,
    includeViews,
    includeData: part === "all",
    rowLimit,
  });
  progress.stop();
  const { data, truncatedTables = [], timestamp = context.clock.now().toISOString() } = answer;
  const document = typeof data === "string" ? data : JSON.stringify(data, null, 2) + "\n";
  if (data === undefined || data === null) {
    throw new OperationError("The backend's export has no data.", "INVALID_RESPONSE", {
      hint: "Leave --server out: the export is then made here.",
    });
  }
  context.note("The backend's own export may lack primary keys and unique constraints.");
  return {
    document: single(document),
    summary: () => ({ timestamp, truncatedTables }),
  };
}

/** @throws {OperationError} when rows are missing that nobody agreed to leave out */
function warnOfTruncation(
  context: Context,
  tables: readonly string[],
  rowLimit: number | undefined,
): void {
  if (tables.length === 0) return;
  const names = tables.join(", ");
  if (rowLimit !== undefined) {
    context.warn(`Rows beyond --row-limit ${rowLimit} were left out of: ${names}.`);
    return;
  }
  throw new OperationError(`The backend left rows out of: ${names}.`, "EXPORT_TRUNCATED", {
    hint: "Export without --server, which has no limit, or agree to one with --row-limit.",
    facts: { truncatedTables: tables },
  });
}

/**
 * Takes the progress away at the end, or where the document may come to the same terminal, before
 * anything of it does.
 */
async function* clearing<T>(
  chunks: AsyncIterable<T>,
  progress: Progress,
  isShared: boolean,
): AsyncGenerator<T> {
  try {
    for await (const chunk of chunks) {
      if (isShared) progress.stop();
      yield chunk;
    }
  } finally {
    progress.stop();
  }
}

/** Text as gzip makes it. */
function compressed(chunks: AsyncIterable<string>): AsyncIterable<Uint8Array<ArrayBuffer>> {
  return ReadableStream.from(chunks).pipeThrough(new TextEncoderStream())
    .pipeThrough(new CompressionStream("gzip"));
}

async function* single(text: string): AsyncGenerator<string> {
  yield text;
}

/** The one document of `--json`, with an SQL text as a string and a JSON one as it is. */
async function* asJson({ document, summary }: Export, format: string): AsyncGenerator<string> {
  yield `{\n  "format": "${format}",\n  "data": `;
  if (format === "sql") {
    yield '"';
    for await (const chunk of document) yield JSON.stringify(chunk).slice(1, -1);
    yield '"';
  } else yield* document;
  const { rows, timestamp, truncatedTables } = summary();
  for (const [name, value] of Object.entries({ rows, timestamp, truncatedTables })) {
    if (value !== undefined) yield `,\n  "${name}": ${JSON.stringify(value)}`;
  }
  yield "\n}\n";
}

function encoded(
  chunks: AsyncIterable<string>,
  done: () => void,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  const encoder = new TextEncoder();
  const bytes = async function* () {
    for await (const chunk of chunks) yield encoder.encode(chunk);
    done();
  };
  return ReadableStream.from(bytes());
}
