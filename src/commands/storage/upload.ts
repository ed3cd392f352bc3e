import { Command } from "@cliffy/command";
import { maxObjectBytes, type StoredObject, uploadObject } from "../../client/backend/storage.ts";
import type { HttpClient } from "../../client/http.ts";
import { reason } from "../../files/reason.ts";
import type { Context, Run } from "../../cli/context.ts";
import { FileError, HttpError, OperationError, UsageError } from "../../core/errors.ts";
import { ExitCode } from "../../core/exit_codes.ts";
import { keepInput } from "../../files/spooled_input.ts";
import { formatBytes } from "../../terminal/bytes.ts";
import { plural } from "../../terminal/plural.ts";
import type { Result } from "../../terminal/present.ts";
import { success, table, type View } from "../../terminal/view.ts";
import { requireBucketAfter } from "./require_bucket.ts";
import { findSources, type Source, type Sources } from "./transfers/sources.ts";
import {
  type Meter,
  runTransfer,
  runTransfers,
  type TransferResult,
} from "./transfers/transfer.ts";

interface Options {
  bucket: string;
  key?: string;
  contentType?: string;
  recursive?: boolean;
  concurrency: number;
}

/** `insforge storage upload`: files become objects. */
export const upload = (run: Run) =>
  new Command()
    .arguments("<file...:string>")
    .option("--bucket <name:string>", "The bucket.", { required: true })
    .option("--key <key:string>", "The object's key; of several files, what keys begin with.")
    .option("--content-type <type:string>", "The type, instead of the one that the name tells.")
    .option("--recursive", "Upload folders; keys begin with a folder's name, or with --key.")
    .option("--concurrency <count:integer>", "How many files at once.", { default: 4 })
    .example("A file", "insforge storage upload photo.jpg --bucket photos")
    .example("A folder", "insforge storage upload public --bucket site --recursive")
    .example("A pipe", "tar c . | insforge storage upload - --bucket backups --key today.tar")
    .action(run(runUpload));

/**
 * Uploads files, several at once. Of several, each outcome is told and a failure ends with 1.
 * @throws {UsageError} before any request @throws {OperationError} for files that are too large,
 * before any upload
 */
export async function runUpload(
  context: Context,
  options: Options,
  ...files: string[]
): Promise<Result> {
  const { bucket, concurrency } = options;
  if (concurrency < 1) throw new UsageError("--concurrency must be at least 1.");
  const given = checkedType(options.contentType?.trim());
  await using input = await openSources(context, options, files);
  const { sources } = input;
  tellLeftOut(context, input);
  if (sources.length === 0) throw new UsageError("There are no files to upload.");
  const backend = await context.backend();
  await checkSizes(backend, sources);
  const stored: (StoredObject | undefined)[] = [];
  const transfers = sources.map((source, index) => ({
    file: source.name,
    key: source.key,
    size: source.size,
    run: async ({ add }: Meter): Promise<Partial<TransferResult>> => {
      const { name, size, key } = source;
      const contentType = given || await typeOf(key, name);
      const object = await uploadObject(backend, context.surroundings, {
        bucket,
        key,
        contentType,
        size,
        open: () => contentOf(source, add),
      }).catch((error) => {
        throw sizeError(error, name, size);
      });
      stored[index] = object;
      return { key: object.key, size: object.size };
    },
  }));
  if (files.length === 1 && transfers.length === 1 && !options.recursive) {
    await runTransfer(context, "Uploading", transfers[0]!);
    return { data: stored[0], view: success(sentenceOf(sources[0]!, stored[0]!)) };
  }
  const results = await runTransfers(context, "Uploading", transfers, concurrency);
  await requireBucketAfter(results.map(({ code }) => code), backend, bucket);
  return manyResults(results, input);
}

/** A type becomes a line of a form's header. @throws {UsageError} */
function checkedType(type: string | undefined): string | undefined {
  if (type === undefined || /^[\x20-\x7e]*$/.test(type)) return type;
  throw new UsageError(`--content-type is no media type: ${JSON.stringify(type)}.`, {
    hint: "Such as text/plain; charset=utf-8.",
  });
}

type Input = Sources & AsyncDisposable;

async function openSources(
  context: Context,
  { key, recursive = false }: Options,
  files: readonly string[],
): Promise<Input> {
  if (!files.includes("-")) {
    const found = await findSources(context.launch, files, { key, recursive });
    return { ...found, [Symbol.asyncDispose]: () => Promise.resolve() };
  }
  if (files.length > 1) throw new UsageError("Standard input (-) cannot be one of several files.");
  if (!key) throw new UsageError("Missing --key.", { hint: "Standard input has no name." });
  const kept = await keepInput(context, "-");
  return {
    sources: [{ name: "Standard input", path: kept.path, size: kept.size, key }],
    leftOut: [],
    privateFiles: [],
    undecodable: [],
    [Symbol.asyncDispose]: () => kept[Symbol.asyncDispose](),
  };
}

/** What is not uploaded is never dropped in silence. */
function tellLeftOut(context: Context, { leftOut, privateFiles, undecodable }: Sources): void {
  const names = (paths: readonly string[], most = 20) =>
    `${paths.slice(0, most).join(", ")}${paths.length > most ? ", …" : ""}`;
  if (leftOut.length > 0) {
    const count = plural(leftOut.length, "link or special file", "links and special files");
    context.note(`Left out ${count}: ${names(leftOut, 3)}`);
  }
  if (privateFiles.length > 0) {
    context.warn(
      `Left out, as what holds keys or passwords: ${names(privateFiles)}. ` +
        "What is to be uploaded all the same has to be named itself.",
    );
  }
  if (undecodable.length > 0) {
    context.warn(`Left out, as their names are no UTF-8: ${names(undecodable)}. Rename them.`);
  }
}

/** @throws {OperationError} naming the files that the backend would refuse */
async function checkSizes(backend: HttpClient, sources: readonly Source[]): Promise<void> {
  const most = await maxObjectBytes(backend);
  if (most === undefined) return;
  const large = sources.filter(({ size }) => size > most);
  if (large.length === 0) return;
  const names = large.slice(0, 3).map(({ name, size }) => `${name} (${formatBytes(size)})`);
  const more = large.length > 3 ? ` and ${large.length - 3} more` : "";
  throw new OperationError(
    `Larger than the backend takes, which is ${formatBytes(most)}: ${names.join(", ")}${more}.`,
    "TOO_LARGE",
    { hint: "Nothing was uploaded. Raise the limit with: insforge storage config --max-size" },
  );
}

function sizeError(error: unknown, name: string, size: number): unknown {
  if (!(error instanceof HttpError) || error.status !== 413) return error;
  return new OperationError(
    `${name} is larger than the backend takes: it has ${formatBytes(size)}.`,
    error.code,
    { hint: error.hint, facts: error.facts, cause: error },
  );
}

/** By the extension of the base name alone. */
async function typeOf(key: string, name: string): Promise<string> {
  const { default: mime } = await import("mime");
  const base = (path: string) => path.split(/[\\/]/).at(-1)!;
  return mime.getType(base(key)) ?? mime.getType(base(name)) ?? "application/octet-stream";
}

/**
 * @throws {FileError} when it cannot be read, or is not as long as was said: the rest would be
 * another's
 */
async function* contentOf(
  { name, path, size }: Source,
  sent: (bytes: number) => void,
): AsyncGenerator<Uint8Array> {
  const file = await Deno.open(path).catch((error) => {
    throw new FileError(`Cannot read ${name}: ${reason(error)}.`, { cause: error });
  });
  const changed = () =>
    new FileError(`${name} changed while it was uploaded.`, { hint: "Upload it again." });
  let read = 0;
  for await (const chunk of file.readable) {
    read += chunk.length;
    if (read > size) throw changed();
    yield chunk;
    sent(chunk.length);
  }
  if (read < size) throw changed();
}

function sentenceOf({ name, key, size }: Source, object: StoredObject): string {
  const renamed = object.key === key ? "" : ` The backend chose that key: ${key} was taken.`;
  return `Uploaded ${name} as ${object.key}, ${formatBytes(object.size ?? size)}.${renamed}`;
}

function manyResults(
  results: readonly TransferResult[],
  { sources, leftOut, privateFiles, undecodable }: Sources,
): Result {
  const failed = results.filter(({ success }) => !success);
  const bytes = results.reduce((sum, { size }) => sum + (size ?? 0), 0);
  const view: View[] = [];
  if (failed.length > 0) {
    view.push(table(["File", "Error"], failed.map(({ file, error }) => [file, error]), ""));
  }
  const renamed = results.filter(({ key, success }, n) => success && key !== sources[n]!.key);
  if (renamed.length > 0) {
    const rows = renamed.map(({ file, key }) => [file, key]);
    view.push(table(["File", "Stored As"], rows, ""));
  }
  const done = results.length - failed.length;
  if (done > 0) view.push(success(`Uploaded ${plural(done, "file")}, ${formatBytes(bytes)}.`));
  return {
    data: {
      success: failed.length === 0,
      results,
      uploaded: done,
      failed: failed.length,
      leftOut: [...leftOut, ...privateFiles, ...undecodable],
    },
    view,
    exitCode: failed.length > 0 ? ExitCode.general : ExitCode.ok,
  };
}
