import type { PGlite } from "@electric-sql/pglite";
import { DISK_IS_FULL } from "../http/api_error.ts";
import { POSTGRES_VERSION } from "./pglite.ts";
import { markOnDisk } from "../../files/on_disk_mark.ts";
import { readPrepared } from "../../files/prepared_files.ts";
import { preparedArchive, unpackDirectory } from "./prepared.ts";
import { applySchema, schemaDigest } from "./schema/mod.ts";
import { markSchema, schemaOf } from "./schema_mark.ts";
import { markNew, onDiskUntil, syncAll } from "./on_disk.ts";
import { PgliteSession } from "./pglite_session.ts";
import type { SyncedFiles } from "./synced_files.ts";

/** A database that answers. */
export interface OpenDatabase {
  readonly session: PgliteSession;
  /**
   * Waits until what PostgreSQL has committed outlives a power failure, with all that it rests on.
   */
  whenDurable(): Promise<void>;
  /**
   * Runs a statement for as long as nobody needs the database more.
   * @param isWanted whether somebody does; it is asked again and again
   * @throws {PostgresError} with the words of {@link CANCELLED} when somebody does
   */
  runUntil(isWanted: () => boolean, sql: string): Promise<void>;
  /** Call after a checkpoint. @param start when it began, in milliseconds */
  checkpointed(start: number): void;
  /** Ends it, after which nothing more is written in its folder. */
  close(): Promise<void>;
}

/**
 * Opens the database in `directory`: creates it when it is not there, recovers it when its last
 * user died, and brings its internal schemas up to date.
 * @param files those that PostgreSQL waits for
 * @param pglite PostgreSQL, as it is being loaded
 * @throws {Error} that says what is wrong with the files
 */
export async function openDatabase(
  directory: string,
  files: SyncedFiles,
  pglite: Promise<PGlite>,
): Promise<OpenDatabase> {
  const start = Date.now();
  // Of a database in which nothing was acknowledged, the power may have taken any part.
  if (onDiskUntil(directory) === 0) removeIfPresent(directory);
  const isNew = isMissing(directory);
  if (isNew) await create(directory);
  if (!isMissing(directory)) checkVersion(directory);
  // Left by a killed process. The lock of the data directory says that nobody else is in there.
  removeIfPresent(`${directory}/postmaster.pid`);
  // All files of a copy at once, while PostgreSQL is being loaded: it would sync one by one.
  const known = isNew ? 0 : onDiskUntil(directory) ?? await syncAll(directory);
  files.lieIn(directory, known);
  const session = new PgliteSession(
    await pglite.catch((error) => {
      throw openError(error, files, directory);
    }),
  );
  files.recovered();
  await bringUpToDate(session, directory);
  if (known) markOnDisk(directory, start);
  else if (onDiskUntil(directory) !== 0) markNew(directory);
  const synced = known ? undefined : syncAll(directory);
  // Whoever waits for it is told.
  synced?.catch(() => {});
  return {
    session,
    async whenDurable() {
      if (files.syncs > 0) await synced;
    },
    async runUntil(isWanted, sql) {
      files.onOperation = () => {
        if (isWanted()) session.cancel();
      };
      try {
        await session.run({ sql });
      } finally {
        files.onOperation = () => {};
      }
    },
    checkpointed: (time) => markOnDisk(directory, time),
    async close() {
      await session.pglite.close();
      // It marks the folder in the end. That it failed is told by `whenDurable`.
      await synced?.catch(() => {});
    },
  };
}

function openError(error: Error, files: SyncedFiles, directory: string): Error {
  if (files.lacksRoom) return new Error(DISK_IS_FULL, { cause: error });
  // A PostgreSQL that gives up while it starts.
  if (!/^Aborted\(|failed to initialize/.test(error.message)) return error;
  return new Error(`its files in ${directory} are damaged`, { cause: error });
}

/** Applies the internal schemas, unless a mark beside the database says that it has them all. */
async function bringUpToDate(session: PgliteSession, directory: string): Promise<void> {
  const current = await schemaDigest();
  if (schemaOf(directory) === current) return;
  await applySchema(session);
  markSchema(directory, current);
}

function checkVersion(directory: string): void {
  if (!exists(`${directory}/PG_VERSION`)) {
    throw new Error(`${directory} holds other files, or a database without its PG_VERSION`);
  }
  const found = Deno.readTextFileSync(`${directory}/PG_VERSION`).trim();
  if (found === POSTGRES_VERSION) return;
  throw new Error(
    `${directory} was made by PostgreSQL ${found}, this is PostgreSQL ${POSTGRES_VERSION}`,
  );
}

/**
 * Unpacks the prepared data directory, under a passing name so that a half-unpacked one is never
 * opened. It is marked first: to sync the mark behind the files would take these along.
 */
async function create(directory: string): Promise<void> {
  const archive = await readArchive();
  if (!archive) return;
  const unpacking = `${directory}.new`;
  removeIfPresent(unpacking);
  Deno.mkdirSync(unpacking, { mode: 0o700 });
  markNew(unpacking);
  unpackDirectory(archive, unpacking);
  Deno.renameSync(unpacking, directory);
}

async function readArchive(): Promise<Uint8Array | undefined> {
  try {
    return readPrepared(await preparedArchive());
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
