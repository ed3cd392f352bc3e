/** Snapshots of a project's local backend: copies that have a name. */
import { join } from "@std/path";
import { makeFreshFolder, makePrivateFolder, removeFolder } from "../../../files/folders.ts";
import { makeFolderAtomically } from "../../../files/atomic.ts";
import { readJsonFile, writeJsonFile } from "../../../files/json_file.ts";
import { snapshotsFolder } from "../../../config/paths.ts";
import type { Context } from "../../../cli/context.ts";
import { FileError, NotFoundError } from "../../../core/errors.ts";
import type { LocalBackendControl } from "../backend_process.ts";
import { requireDataDir } from "../erase.ts";
import { copyBackend } from "./data_copy.ts";
import { copyName } from "./copy_name.ts";
import { readEach } from "./named_folders.ts";
import { isThere } from "../../../files/real_path.ts";

/** What is known of a snapshot. */
export interface Snapshot {
  readonly name: string;
  /** What people call it, where that is not its name. */
  readonly title?: string;
  /** ISO time in UTC. */
  readonly createdAt: string;
  readonly bytes: number;
}

const FACTS = "snapshot.json";
const DATA = "data";

/** The snapshots that there are, oldest first. */
export async function listSnapshots({ launch }: Context): Promise<Snapshot[]> {
  const found = await readEach(snapshotsFolder(launch.projectRoot), async (path, name) => {
    const facts = await readFacts(path);
    return facts && { ...facts, name };
  });
  return found.sort((a, b) => a.createdAt < b.createdAt ? -1 : 1);
}

async function readFacts(folder: string): Promise<Omit<Snapshot, "name"> | undefined> {
  const facts = await readJsonFile(join(folder, FACTS)).catch(() => undefined);
  const { createdAt, bytes, title } = facts ?? {};
  return typeof createdAt === "string" && typeof bytes === "number"
    ? { createdAt, bytes, title: typeof title === "string" ? title : undefined }
    : undefined;
}

/** Takes one. @throws {FileError} when there is one of this name */
export async function takeSnapshot(
  context: Context,
  backend: LocalBackendControl,
  name: string,
  title?: string,
): Promise<Snapshot> {
  const { launch, clock } = context;
  const folder = folderOf(context, name);
  if (isThere(folder)) {
    throw new FileError(`There is a snapshot ${name} already.`, {
      hint: `Remove it with: insforge local snapshots delete ${name}`,
    });
  }
  await requireDataDir(backend.dataDir);
  await makePrivateFolder(snapshotsFolder(launch.projectRoot));
  return await makeFolderAtomically(folder, async (fresh) => {
    await makeFreshFolder(fresh);
    const bytes = await copyBackend(context, backend, join(fresh, DATA));
    const facts = { createdAt: clock.now().toISOString(), bytes, title };
    await writeJsonFile(join(fresh, FACTS), facts);
    return { name, ...facts };
  }, launch);
}

/** Gives a snapshot a title, or takes it away. @throws {NotFoundError} */
export async function nameSnapshot(
  context: Context,
  name: string,
  title: string | null,
): Promise<void> {
  await snapshotData(context, name);
  const folder = folderOf(context, name);
  await writeJsonFile(join(folder, FACTS), {
    ...await readFacts(folder),
    title: title ?? undefined,
  });
}

/** Where the data of a snapshot is. @throws {NotFoundError} */
export async function snapshotData(context: Context, name: string): Promise<string> {
  const folder = folderOf(context, name);
  if (!await readFacts(folder)) {
    throw new NotFoundError(`There is no snapshot ${name}.`, {
      hint: "See what there is with: insforge local snapshots list",
    });
  }
  return join(folder, DATA);
}

/** Removes one. @throws {NotFoundError} @throws {FileError} for what is no snapshot */
export async function removeSnapshot(context: Context, name: string): Promise<void> {
  await requireDataDir(await snapshotData(context, name));
  await removeFolder(folderOf(context, name));
}

function folderOf({ launch }: Context, name: string): string {
  return join(snapshotsFolder(launch.projectRoot), copyName(name, "snapshot"));
}
