/** Copies a data directory while its PostgreSQL server goes on writing. */
import { dirname } from "@std/path";
import type { CopiedFolder } from "../../../files/copy_folder.ts";
import { isThere } from "../../../files/real_path.ts";
import { syncTogether } from "../../../files/sync_together.ts";
import { isHalfWritten, STATE_FILES } from "../../../shared/contract/state.ts";
import { copyData } from "../../../shared/copies/data_copy.ts";
import type { Engine } from "../engine.ts";

const { cluster, storage } = STATE_FILES;
/** Of the slot that keeps the write-ahead log, and of the backup. */
const NAME = "insforge_backup";
/** Milliseconds that a checkpoint may take. */
const TIMEOUT_MS = 10 * 60 * 1000;
/** What is of the server that runs, or is copied once all else is. */
const LEFT = new RegExp(`^${cluster}/(?:postmaster\\.|start\\.log$|log/|pg_(?:wal|replslot)/)`);

/**
 * Makes a copy which PostgreSQL, when it opens it, brings to where the data were as the copying
 * ended: by the write-ahead log, which is copied last. Objects that were uploaded meanwhile are in
 * it.
 */
export async function copyRunning(
  engine: Engine,
  dataDir: string,
  target: string,
): Promise<CopiedFolder> {
  const borrower = {
    session: {},
    timeout: TIMEOUT_MS,
    sql: "pg_backup_start()",
    keepsSchema: true,
  };
  return await engine.lend(borrower, async (session) => {
    const run = async (sql: string) =>
      JSON.parse(new TextDecoder().decode((await session.runBare({ sql })).rows));
    await run(`SELECT pg_create_physical_replication_slot('${NAME}', true, true)`);
    try {
      await run(`SELECT pg_backup_start('${NAME}', true)`);
      const stop = () => run("SELECT labelfile FROM pg_backup_stop(false)");
      const copy = await copyData(dataDir, target, (path) => LEFT.test(path))
        .catch(async (error) => {
          await stop();
          throw error;
        });
      const [{ labelfile }] = await stop();
      const label = `${target}/${cluster}/backup_label`;
      await Deno.writeTextFile(label, labelfile, { mode: 0o600 });
      const late = [`${cluster}/pg_wal`, storage]
        .flatMap((folder) => copyMissing(`${dataDir}/${folder}`, `${target}/${folder}`));
      return {
        bytes: late.reduce((sum, path) => sum + Deno.lstatSync(path).size, copy.bytes),
        async sync() {
          await copy.sync();
          await syncTogether([label, ...late], [...new Set([label, ...late].map(dirname))]);
        },
      };
    } finally {
      await run(`SELECT pg_drop_replication_slot('${NAME}')`);
    }
  });
}

/** Copies the files of a folder that are not in the other one. @returns where they are there */
function copyMissing(from: string, to: string): string[] {
  if (!isThere(from)) return [];
  Deno.mkdirSync(to, { recursive: true, mode: 0o700 });
  return [...Deno.readDirSync(from)].flatMap(({ name, isDirectory, isFile }) => {
    const [source, target] = [`${from}/${name}`, `${to}/${name}`];
    if (isDirectory) return copyMissing(source, target);
    if (!isFile || isHalfWritten(name) || isThere(target)) return [];
    try {
      Deno.copyFileSync(source, target);
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return [];
      throw error;
    }
    return [target];
  });
}
