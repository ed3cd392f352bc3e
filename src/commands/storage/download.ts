import { Command } from "@cliffy/command";
import { join } from "@std/path";
import { allObjects, downloadObject } from "../../client/backend/storage.ts";
import type { Context, Run } from "../../cli/context.ts";
import { NotFoundError, UsageError } from "../../core/errors.ts";
import { ExitCode } from "../../core/exit_codes.ts";
import { shellWord } from "../../core/shell_word.ts";
import { placeWithin } from "../../files/real_path.ts";
import { placeOf } from "../../files/typed_path.ts";
import { formatBytes } from "../../terminal/bytes.ts";
import { plural } from "../../terminal/plural.ts";
import type { Result } from "../../terminal/present.ts";
import { success, table, type View } from "../../terminal/view.ts";
import { downloadFile } from "./transfers/download_file.ts";
import { inBucket, requireBucket } from "./require_bucket.ts";
import { fileIdentity, targetPath, usualTarget } from "../../files/target_path.ts";
import {
  type Meter,
  runTransfer,
  runTransfers,
  type Transfer,
  type TransferResult,
} from "./transfers/transfer.ts";

interface Options {
  bucket: string;
  output?: string;
  recursive?: boolean;
  resume?: boolean;
  concurrency: number;
}

/** `insforge storage download`: objects become files. */
export const download = (run: Run) =>
  new Command()
    .arguments("<key:string>")
    .option("--bucket <name:string>", "The bucket.", { required: true })
    .option("-o, --output <path:string>", "A file, a folder, or - for standard output.")
    .option("--recursive", "Download all objects whose keys begin with the key, into a folder.")
    .option("--resume", "Go on with a download that was broken off.")
    .option("--concurrency <count:integer>", "How many objects at once.", { default: 4 })
    .example("An object", "insforge storage download photo.jpg --bucket photos")
    .example(
      "A folder",
      "insforge storage download 2026/ --bucket photos --recursive --output photos",
    )
    .action(run(runDownload));

/**
 * Downloads into files that appear when they are whole, or to stdout.
 * @throws {UsageError} for a key that no file can have here @throws {HttpError} 404
 */
export async function runDownload(
  context: Context,
  options: Options,
  key: string,
): Promise<Result> {
  const { bucket, output, recursive, resume = false, concurrency } = options;
  if (concurrency < 1) throw new UsageError("--concurrency must be at least 1.");
  if (output === "-") return await toStdout(context, bucket, key, recursive);
  if (recursive) return await downloadAll(context, options, bucket, key);
  const target = await targetOf(context, key, output);
  const backend = await context.backend();
  let size = 0;
  await runTransfer(context, "Downloading", {
    file: target,
    key,
    run: async (meter) => {
      const wanted = { bucket, key, target, resume };
      size = await inBucket(backend, bucket, downloadFile(context, backend, wanted, meter));
      return { size };
    },
  });
  return {
    data: { success: true, path: target, size },
    view: success(`Downloaded ${key} to ${target}, ${formatBytes(size)}.`),
  };
}

async function toStdout(
  context: Context,
  bucket: string,
  key: string,
  recursive: boolean | undefined,
): Promise<Result> {
  if (recursive) throw new UsageError("Several objects cannot go to standard output.");
  const backend = await context.backend();
  const answer = downloadObject(backend, context.surroundings, { bucket, key });
  const { body } = await inBucket(backend, bucket, answer);
  return { stream: body ?? new Blob().stream() };
}

/** The file that is named, or one in the folder that is named, under the base name of the key. */
async function targetOf({ launch }: Context, key: string, output?: string): Promise<string> {
  const named = output === undefined ? undefined : placeOf(launch, output);
  const isFolder = output !== undefined && (/[\\/]$/.test(output) || await isDirectory(named!));
  if (named && !isFolder) return named;
  const target = usualTarget(named ?? launch.cwd, key);
  if (target) return named ? placeWithin(named, target) : placeOf(launch, target);
  throw new UsageError(`No file can be called as the key ${JSON.stringify(key)} ends.`, {
    hint: "Name the file with --output.",
  });
}

async function downloadAll(
  context: Context,
  { output, resume = false, concurrency }: Options,
  bucket: string,
  prefix: string,
): Promise<Result> {
  const backend = await context.backend();
  const folder = placeOf(context.launch, output ?? ".");
  using listing = context.progress("Listing objects");
  const objects = await Array.fromAsync(allObjects(backend, bucket, { prefix }));
  if (objects.length === 0) {
    await requireBucket(backend, bucket);
    throw new NotFoundError(`The bucket ${bucket} has no objects that begin with ${prefix}.`, {
      hint: `See what there is with: insforge storage list-objects ${shellWord(bucket)}`,
    });
  }
  listing.stop();
  // The folder of --output stands for the last one of the prefix; without it, that has its own.
  const start = prefix.lastIndexOf("/", output === undefined ? prefix.length - 2 : undefined) + 1;
  const refused: TransferResult[] = [];
  const taken = new Set<string>();
  const transfers = objects.flatMap(({ key, size }): Transfer[] => {
    const target = targetPath(folder, key.slice(start));
    const identity = target && fileIdentity(target);
    if (!target || !identity || taken.has(identity)) {
      const reason = target
        ? "Another object has this name here"
        : "No file can have this name here";
      const error = `${reason}: download it alone, with --output.`;
      refused.push({ file: "", key, success: false, error, code: "UNSAFE_KEY" });
      return [];
    }
    taken.add(identity);
    const run = async (meter: Meter) => ({
      size: await downloadFile(
        context,
        backend,
        { bucket, key, target, resume, folder },
        meter,
      ),
    });
    return [{ file: target, key, size, run }];
  });
  const done = await runTransfers(context, "Downloading", transfers, concurrency);
  return manyResults([...done, ...refused], folder);
}

function manyResults(results: readonly TransferResult[], folder: string): Result {
  const failed = results.filter(({ success }) => !success);
  const done = results.length - failed.length;
  const bytes = results.reduce((sum, { size }) => sum + (size ?? 0), 0);
  const view: View[] = failed.length > 0
    ? [table(["Key", "Error"], failed.map(({ key, error }) => [key, error]), "")]
    : [];
  if (done > 0) {
    const what = `${plural(done, "object")} to ${join(folder, ".")}, ${formatBytes(bytes)}`;
    view.push(success(`Downloaded ${what}.`));
  }
  return {
    data: { success: failed.length === 0, results, downloaded: done, failed: failed.length },
    view,
    exitCode: failed.length > 0 ? ExitCode.general : ExitCode.ok,
  };
}

async function isDirectory(path: string): Promise<boolean> {
  try {
    return (await Deno.stat(path)).isDirectory;
  } catch {
    return false;
  }
}
