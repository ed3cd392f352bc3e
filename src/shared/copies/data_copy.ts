/** Copies of a local backend's data directory, in which nothing changes meanwhile. */
import { join } from "@std/path";
import { type CopiedFolder, copyFolder, type CopySettings } from "../../files/copy_folder.ts";
import { readJsonFile } from "../../files/json_file.ts";
import { CLOCK_STEP_MS, markOnDisk } from "../../files/on_disk_mark.ts";
import { isThere } from "../../files/real_path.ts";
import { isReplacing } from "../../files/replace_contents.ts";
import { reason } from "../../files/reason.ts";
import { CliError, FileError } from "../../core/errors.ts";
import { isImmutable, isOfOneLife, STATE_FILES } from "../contract/state.ts";
import { spareLog } from "./spare_log.ts";

/**
 * Copies a data directory that nobody uses into a new folder.
 * @param isLeft paths below it that are left out as well @throws {FileError}
 */
export async function copyData(
  from: string,
  target: string,
  isLeft?: CopySettings["isLeft"],
): Promise<CopiedFolder> {
  return await copyWith(from, target, { isLeft });
}

/**
 * {@link copyData} for what no server is to open: PostgreSQL's files, of which there are five
 * hundred and more, are in a pack.
 */
export async function packData(from: string, target: string): Promise<CopiedFolder> {
  const isPacked = (path: string) => path.startsWith(`${STATE_FILES.postgres}/`);
  return await copyWith(from, target, { isPacked });
}

/** @throws {FileError} for data of which a part is elsewhere, or not in its place yet */
export async function requireCopyable(dataDir: string): Promise<void> {
  if (isReplacing(dataDir)) {
    throw new FileError(`The data of ${dataDir} are being replaced.`, {
      hint: "Start the backend, which finishes it: insforge local start",
    });
  }
  if (isThere(join(dataDir, STATE_FILES.objects))) {
    // Of two that have the same contents, one would remove those of the other.
    throw new FileError(`The objects of ${dataDir} are in an S3 store, which is not copied.`, {
      hint: "Save the rows with `insforge db export`, and the objects with `storage download`.",
    });
  }
  if ((await readJsonFile(join(dataDir, STATE_FILES.engine)))?.engine === "url") {
    // What is done in a copy would be done to the rows of both.
    throw new FileError(
      `The rows of ${dataDir} are in a PostgreSQL elsewhere, which is not copied.`,
      { hint: "Save them with `insforge db export`." },
    );
  }
}

async function copyWith(
  from: string,
  target: string,
  settings: Partial<Pick<CopySettings, "isPacked" | "isLeft">>,
): Promise<CopiedFolder> {
  await requireCopyable(from);
  try {
    const spare = await spareLog(from);
    const isLeft = (path: string) =>
      isOfOneLife(path) || spare.has(path) || settings.isLeft?.(path) === true;
    return await copyFolder(from, target, { ...settings, isLeft, isImmutable });
  } catch (error) {
    if (error instanceof CliError) throw error;
    throw new FileError(`Cannot copy ${from} to ${target}: ${reason(error)}.`, { cause: error });
  }
}

/**
 * Has whoever opens a copy, just made, sync none of its files: the caller does, before anybody is
 * told of it.
 */
export function vouchFor(dataDir: string): void {
  // None where the data are in another PostgreSQL, which looks after itself.
  markOnDisk(join(dataDir, STATE_FILES.postgres), Date.now() + CLOCK_STEP_MS);
}
