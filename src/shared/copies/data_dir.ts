/** Deletes what a local backend made, and nothing else. */
import { join } from "@std/path";
import { removeFolder } from "../../files/folders.ts";
import { readJsonFile } from "../../files/json_file.ts";
import { isThere } from "../../files/real_path.ts";
import { isReplacing } from "../../files/replace_contents.ts";
import { FileError } from "../../core/errors.ts";
import { isDataDirEntry, STATE_FILES } from "../contract/state.ts";

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
  if (!names.includes(STATE_FILES.lock) || !await hasMarks(folder)) {
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

/** Where its keys are lost, the database beside them is still there, or all is on its way. */
async function hasMarks(folder: string): Promise<boolean> {
  if (isReplacing(folder) || isThere(join(folder, STATE_FILES.unpacking))) return true;
  const readState = (name: string) => readJsonFile(join(folder, name)).catch(() => undefined);
  const [keys, engine, version] = await Promise.all([
    readState(STATE_FILES.keys),
    readState(STATE_FILES.engine),
    Deno.lstat(join(folder, STATE_FILES.postgres, "PG_VERSION")).catch(() => undefined),
  ]);
  return typeof keys?.apiKey === "string" || typeof engine?.engine === "string" ||
    version?.isFile === true;
}
