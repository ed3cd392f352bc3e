/** Deletes what a local backend made, and nothing else. */
import { join } from "@std/path";
import { removeFolder } from "../../files/folders.ts";
import { readJsonFile } from "../../files/json_file.ts";
import { FileError } from "../../core/errors.ts";
import { isDataDirEntry, STATE_FILES } from "../../shared/contract/state.ts";

/**
 * Makes sure that a folder is a local backend's data directory, and holds nothing of anybody else.
 * @throws {FileError} that says what it is otherwise
 */
export async function requireDataDir(folder: string): Promise<void> {
  const info = await Deno.lstat(folder).catch(() => undefined);
  if (!info) {
    throw new FileError(`There is no local backend in ${folder}: the folder does not exist.`, {
      hint: "Run `insforge local start` to make one.",
    });
  }
  const names = info.isDirectory
    ? (await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name)
    : [];
  if (!names.includes(STATE_FILES.lock) || !await hasKeys(folder)) {
    throw new FileError(`${folder} is no local backend's data: nothing was deleted.`, {
      hint: "Name the folder that `insforge local status` shows.",
    });
  }
  const foreign = names.filter((name) => !isDataDirEntry(name)).sort();
  if (foreign.length === 0) return;
  const shown = foreign.slice(0, 3).join(", ") + (foreign.length > 3 ? ", …" : "");
  throw new FileError(
    `${folder} holds what no local backend made (${shown}): nothing was deleted.`,
    { hint: "Move that elsewhere first." },
  );
}

/** Removes a data directory that {@link requireDataDir} has let pass. */
export async function eraseDataDir(folder: string): Promise<void> {
  await requireDataDir(folder);
  await removeFolder(folder);
}

async function hasKeys(folder: string): Promise<boolean> {
  const keys = await readJsonFile(join(folder, STATE_FILES.keys)).catch(() => undefined);
  // One that a crash left empty still has the database beside it.
  return typeof keys?.apiKey === "string" ||
    await Deno.lstat(join(folder, STATE_FILES.postgres, "PG_VERSION")).then(
      ({ isFile }) => isFile,
      () => false,
    );
}
