import { PGlite } from "@electric-sql/pglite";
import { offerExtensions } from "./extensions/install.ts";
import type { PackedPglite } from "./packed_pglite.ts";
import type { SyncedFiles } from "./synced_files.ts";

/**
 * How PostgreSQL is started. Single-user mode has no background processes, so nothing here may rely
 * on one.
 */
const START_PARAMS = [
  "--single",
  "-j",
  ...Object.entries({
    search_path: '"$user", public',
    exit_on_error: "false",
    log_checkpoints: "false",
    max_worker_processes: "0",
    max_parallel_workers: "0",
    max_parallel_workers_per_gather: "0",
    max_parallel_maintenance_workers: "0",
    io_method: "sync",
    // Emscripten ignores fdatasync, the default; `SyncedFiles` carries out this one.
    wal_sync_method: "fsync",
    // Two segments; more would be kept for nothing.
    min_wal_size: "32MB",
    max_wal_size: "64MB",
    // A quarter of the default: it opens sooner, and costs nothing that was measurable.
    shared_buffers: "32MB",
    // JavaScript engines give WebAssembly about a megabyte of stack; deeper recursion would end the
    // whole instance.
    max_stack_depth: "256kB",
    // A transaction may look into each of 10,000 tables, and locks those with their indexes.
    max_locks_per_transaction: "512",
  }).flatMap(([name, value]) => ["-c", `${name}=${value}`]),
];

/** PGlite without the query at its start that tells it how arrays look: here nothing asks it. */
class Postgres extends PGlite {
  override async _initArrayTypes(): Promise<void> {}
}

/** The only major version whose files this PGlite can open, as `PG_VERSION` holds it. */
export const POSTGRES_VERSION = "18";

/**
 * Loads PostgreSQL, and opens the files once they are told where they lie: with a full initdb
 * (seconds) when that directory is empty.
 * @param program loads PGlite's own files unless given
 */
export async function openPglite(files: SyncedFiles, program?: PackedPglite): Promise<PGlite> {
  const pglite = new Postgres({
    fs: files,
    startParams: START_PARAMS,
    // Of 1 to 1024 MB: each is filled with zeros before it is used.
    initDbStartParams: ["--wal-segsize=4"],
    ...program,
  });
  await pglite.waitReady;
  offerExtensions(pglite);
  return pglite;
}
