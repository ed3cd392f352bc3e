import { writeFileAtomically } from "../../files/atomic.ts";
import { readFileIfPresent } from "../../files/read_file.ts";
import { isThere } from "../../files/real_path.ts";
import { STATE_FILES } from "../../shared/contract/state.ts";
import { parseStorageUrl, type StoreAccess } from "../../shared/contract/storage_url.ts";
import type { ObjectFiles } from "./files.ts";
import { LocalFiles } from "./local_files.ts";

/** The objects of a data directory are kept elsewhere than is wanted. */
export class StorageMismatch extends Error {
  override name = "StorageMismatch";
}

/**
 * The contents of a data directory's objects, which remembers where they are.
 * @param wish the S3 store that is wanted; the one of the data directory, or its own folder, else
 * @throws {StorageMismatch} when another place is wanted than they are in
 * @throws {Error} when a store that was not used before does not let this in
 */
export async function openObjectFiles(
  dataDir: string,
  wish?: StoreAccess,
): Promise<ObjectFiles> {
  const known = await readState(dataDir);
  const access = wish ?? known;
  const folder = `${dataDir}/${STATE_FILES.storage}`;
  if (!access) return new LocalFiles(folder);
  if (!known && isThere(folder)) throw mismatch(`${dataDir} are in its folder`);
  if (known && wish && !isSamePlace(known, wish)) throw mismatch(`${dataDir} are in ${known.url}`);
  // Only whoever chose a store loads it.
  const { RemoteFiles } = await import("./object_store/remote_files.ts");
  const files = new RemoteFiles(parseStorageUrl(access.url), access);
  if (wish && JSON.stringify(wish) !== JSON.stringify(known)) {
    await files.requireAccess();
    await writeFileAtomically(stateFile(dataDir), JSON.stringify(wish));
  }
  return files;
}

function stateFile(dataDir: string): string {
  return `${dataDir}/${STATE_FILES.objects}`;
}

async function readState(dataDir: string): Promise<StoreAccess | undefined> {
  const text = await readFileIfPresent(stateFile(dataDir));
  if (text === undefined) return undefined;
  try {
    const state = JSON.parse(text);
    parseStorageUrl(state.url);
    if ([state.accessKeyId, state.secretAccessKey].every((key) => typeof key === "string")) {
      return state;
    }
  } catch {
    // It is told below.
  }
  throw new Error(`${stateFile(dataDir)} is damaged, and says where the objects are`);
}

function isSamePlace(one: StoreAccess, other: StoreAccess): boolean {
  const [a, b] = [one, other].map(({ url }) => parseStorageUrl(url));
  return a!.bucket === b!.bucket && a!.prefix === b!.prefix && a!.endpoint === b!.endpoint;
}

function mismatch(where: string): StorageMismatch {
  return new StorageMismatch(`The objects of ${where}, and stay there`);
}
