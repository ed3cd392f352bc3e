/** Puts the copy of a data directory in the place of another one. */
import {
  dropReplaced,
  finishReplacing,
  newContentsIn,
  replaceContents,
  takeBack,
} from "../../files/replace_contents.ts";
import { removeFolder } from "../../files/folders.ts";
import { isOfOneLife, STATE_FILES } from "../contract/state.ts";
import { copyData, vouchFor } from "./data_copy.ts";

/** A copy that is on the disk, in the data directory that it is for. */
export interface PreparedData extends AsyncDisposable {
  /** Puts it in the place of the data, which nobody uses. */
  replace(): Promise<void>;
}

/**
 * Copies data into the directory that they are for, in which a server may run meanwhile.
 * @throws {FileError}
 */
export async function prepareData(dataDir: string, from: string): Promise<PreparedData> {
  await dropReplaced(dataDir);
  const contents = newContentsIn(dataDir);
  const isLost = () => removeFolder(contents).catch(() => {});
  try {
    const copy = await copyData(from, contents);
    vouchFor(contents);
    await copy.sync();
  } catch (error) {
    await isLost();
    throw error;
  }
  return {
    replace: () => replaceContents(dataDir, contents, isKept),
    [Symbol.asyncDispose]: isLost,
  };
}

/** Brings the data back that were replaced last. */
export async function takeDataBack(dataDir: string): Promise<void> {
  await takeBack(dataDir, isKept);
}

/** Goes on where the process was ended that replaced them. */
export async function finishReplacingData(dataDir: string): Promise<void> {
  await finishReplacing(dataDir, isKept);
}

/**
 * Replaces data that nobody uses by the copy of others. The next server removes the old ones, once
 * it has opened these. @throws {FileError}
 */
export async function replaceData(dataDir: string, from: string): Promise<void> {
  await using prepared = await prepareData(dataDir, from);
  await prepared.replace();
}

function isKept(name: string): boolean {
  return name === STATE_FILES.lock || isOfOneLife(name);
}
