/** Snapshots of a local backend: copies that have a name, each in a folder of it. */
import { join } from "@std/path";
import { freshPath, makeFolderAtomically } from "../../files/atomic.ts";
import {
  makeFreshFolder,
  makePrivateFolder,
  moveFolder,
  removeFolder,
} from "../../files/folders.ts";
import { readJsonFile, writeJsonFile } from "../../files/json_file.ts";
import { isThere } from "../../files/real_path.ts";
import { FileError, NotFoundError } from "../../core/errors.ts";
import { isHalfWritten } from "../contract/state.ts";
import { copyName, isCopyName } from "./copy_name.ts";
import { requireDataDir } from "./data_dir.ts";
import { readEach } from "./named_folders.ts";

/** What is known of a snapshot. */
export interface Snapshot extends SnapshotLabels {
  /** When it was on the disk; earlier versions did not tell. */
  readonly completedAt?: string;
  readonly bytes: number;
}

/** What whoever takes a snapshot says of it. */
export interface SnapshotLabels {
  /** Its folder's. */
  readonly name: string;
  /** When it was begun, as ISO time in UTC. */
  readonly createdAt: string;
  /** What people call it, where that is not its name. */
  readonly title?: string;
  /** Who asked for it over HTTP. */
  readonly createdBy?: string;
}

const FACTS = "snapshot.json";
const DATA = "data";
/** No copy takes a day. */
const LONGEST_COPY_MS = 24 * 60 * 60_000;

/** The snapshots of a folder, which need not be there; oldest first. */
export async function listSnapshots(store: string): Promise<Snapshot[]> {
  const found = await readEach(store, async (path, name) => {
    const facts = await readFacts(path);
    return facts && { ...facts, name };
  });
  return found.sort((a, b) => a.createdAt < b.createdAt ? -1 : 1);
}

async function readFacts(folder: string): Promise<Omit<Snapshot, "name"> | undefined> {
  const facts = await readJsonFile(join(folder, FACTS)).catch(() => undefined);
  const { createdAt, completedAt, bytes, title, createdBy } = facts ?? {};
  if (typeof createdAt !== "string" || typeof bytes !== "number") return undefined;
  return {
    createdAt,
    completedAt: ifText(completedAt),
    bytes,
    title: ifText(title),
    createdBy: ifText(createdBy),
  };
}

function ifText(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

/**
 * Takes one.
 * @param copy makes the copy under the path that it is given, has it on the disk, and answers bytes
 * @throws {FileError} when there is one of this name, or another has the title
 */
export async function takeSnapshot(
  store: string,
  labels: SnapshotLabels,
  now: () => Date,
  copy: (target: string) => Promise<number>,
): Promise<Snapshot> {
  const { name, ...others } = labels;
  const folder = folderOf(store, name);
  if (isThere(folder)) throw taken(name);
  await requireFree(store, name, others.title);
  await makePrivateFolder(store);
  await removeLeftovers(store, now());
  return await makeFolderAtomically(folder, async (fresh) => {
    await makeFreshFolder(fresh);
    const bytes = await copy(join(fresh, DATA));
    const facts = { ...others, completedAt: now().toISOString(), bytes };
    await writeJsonFile(join(fresh, FACTS), facts);
    return { name, ...facts };
  }).catch((error) => {
    // Another one of this name was taken at the same time, as those are that the second names.
    throw isThere(folder) ? taken(name) : error;
  });
}

/** Removes copies that nobody finishes any more: whoever made or removed them was killed. */
async function removeLeftovers(store: string, now: Date): Promise<void> {
  for (const { name } of [...Deno.readDirSync(store)].filter(({ name }) => isHalfWritten(name))) {
    const path = join(store, name);
    const { mtime } = await Deno.stat(path).catch(() => ({ mtime: null }));
    const isOld = mtime !== null && now.getTime() - mtime.getTime() > LONGEST_COPY_MS;
    // Another one may remove it as well.
    if (isOld) await removeFolder(path).catch(() => {});
  }
}

function taken(name: string): FileError {
  return new FileError(`There is a snapshot ${name} already.`, {
    hint: `Take it again, under another name, or remove that one: ` +
      `insforge local snapshots delete ${name}`,
  });
}

/**
 * Gives a snapshot a title, or takes it away.
 * @throws {NotFoundError} @throws {TitleTaken} when another has it
 */
export async function nameSnapshot(
  store: string,
  name: string,
  title: string | null,
): Promise<Snapshot> {
  const facts = await factsOf(store, name);
  if (title !== null) await requireFree(store, name, title);
  const renamed = { ...facts, title: title ?? undefined };
  await writeJsonFile(join(folderOf(store, name), FACTS), renamed);
  return { name, ...renamed };
}

/** The snapshot of a name; undefined where there is none, nor could be. */
export async function findSnapshot(store: string, name: string): Promise<Snapshot | undefined> {
  const facts = isCopyName(name) ? await readFacts(join(store, name)) : undefined;
  return facts && { name, ...facts };
}

/** Where the data of a snapshot is. @throws {NotFoundError} */
export async function snapshotData(store: string, name: string): Promise<string> {
  await factsOf(store, name);
  return join(folderOf(store, name), DATA);
}

/**
 * Removes one: at once for everybody else, however long its files take.
 * @throws {NotFoundError} @throws {FileError} for what is no snapshot
 */
export async function removeSnapshot(store: string, name: string): Promise<void> {
  await requireDataDir(await snapshotData(store, name));
  const folder = folderOf(store, name);
  const leaving = freshPath(folder);
  await moveFolder(folder, leaving);
  await removeFolder(leaving);
}

/** The snapshot that has a title. @param except the name of one that is passed over */
export async function snapshotCalled(
  store: string,
  title: string,
  except?: string,
): Promise<Snapshot | undefined> {
  const all = await listSnapshots(store);
  return all.find((snapshot) => snapshot.title === title && snapshot.name !== except);
}

/** Two of the same title could not be told apart. */
export class TitleTaken extends FileError {}

/** @throws {TitleTaken} */
async function requireFree(store: string, name: string, title?: string): Promise<void> {
  const other = title === undefined ? undefined : await snapshotCalled(store, title, name);
  if (!other) return;
  throw new TitleTaken(`${other.name} is called ${JSON.stringify(title)} already.`, {
    hint: "Choose another name, or rename that one: insforge backups rename",
  });
}

async function factsOf(store: string, name: string): Promise<Omit<Snapshot, "name">> {
  const facts = await readFacts(folderOf(store, name));
  if (facts) return facts;
  throw new NotFoundError(`There is no snapshot ${name}.`, {
    hint: "See what there is with: insforge local snapshots list",
  });
}

function folderOf(store: string, name: string): string {
  return join(store, copyName(name, "snapshot"));
}
