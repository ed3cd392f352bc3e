import type { PGlite } from "@electric-sql/pglite";
import { openPglite, postgresVersion } from "./pglite.ts";
import { preparedArchiveUrl, unpackDirectory } from "./prepared.ts";
import { applySchema } from "./schema/mod.ts";
import { Session } from "./session.ts";

/**
 * Opens the database in `directory`: creates it when it is not there, recovers it when its last
 * user died, and brings its internal schemas up to date.
 * @throws {Error} that says what is wrong with the files
 */
export async function openDatabase(directory: string): Promise<Session> {
  await lock(`${directory}.lock`);
  if (isMissing(directory)) await create(directory);
  if (!isMissing(directory)) checkVersion(directory);
  // Left by a killed process. The lock above says that nobody else is in there.
  removeIfPresent(`${directory}/postmaster.pid`);
  const session = new Session(await openFiles(directory));
  await applySchema(session);
  return session;
}

/**
 * Holds the lock until this worker is gone. A terminated worker may go on for two seconds, and no
 * second one may touch its files before that.
 */
async function lock(path: string): Promise<void> {
  const file = await Deno.open(path, { write: true, create: true, mode: 0o600 });
  await file.lock(true);
}

async function openFiles(directory: string): Promise<PGlite> {
  try {
    return await openPglite(directory);
  } catch (error) {
    // A PostgreSQL that gives up while it starts; a full disk, for one, has words of its own.
    if (!/^Aborted\(|failed to initialize/.test((error as Error).message)) throw error;
    throw new Error(`its files in ${directory} are damaged`, { cause: error });
  }
}

function checkVersion(directory: string): void {
  if (!exists(`${directory}/PG_VERSION`)) {
    throw new Error(`${directory} holds other files, or a database without its PG_VERSION`);
  }
  const found = Deno.readTextFileSync(`${directory}/PG_VERSION`).trim();
  if (found === postgresVersion) return;
  throw new Error(
    `${directory} was made by PostgreSQL ${found}, this is PostgreSQL ${postgresVersion}`,
  );
}

/**
 * Unpacks the prepared data directory, under a passing name so that a half-unpacked one is never
 * opened.
 */
async function create(directory: string): Promise<void> {
  const archive = await readPrepared();
  if (!archive) return;
  const unpacking = `${directory}.new`;
  removeIfPresent(unpacking);
  unpackDirectory(archive, unpacking);
  Deno.renameSync(unpacking, directory);
}

async function readPrepared(): Promise<Uint8Array<ArrayBuffer> | undefined> {
  try {
    return await Deno.readFile(await preparedArchiveUrl());
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

function isMissing(directory: string): boolean {
  return !exists(directory) || Deno.readDirSync(directory).next().done === true;
}

function exists(path: string): boolean {
  try {
    Deno.statSync(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

function removeIfPresent(path: string): void {
  try {
    Deno.removeSync(path, { recursive: true });
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
