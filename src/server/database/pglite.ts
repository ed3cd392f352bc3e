import { PGlite } from "@electric-sql/pglite";
import { loadPackedPglite } from "./packed_pglite.ts";

/**
 * How PostgreSQL is started. Single-user mode has no background processes, so nothing here may rely
 * on one; fsync is off because a killed process loses nothing that it wrote, and only a power cut
 * would.
 */
const startParams = [
  "--single",
  "-F",
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
    wal_init_zero: "off",
    wal_recycle: "off",
    // A quarter of the default: it opens sooner, and costs nothing that was measurable.
    shared_buffers: "32MB",
    // JavaScript engines give WebAssembly about a megabyte of stack; deeper recursion would end the
    // whole instance.
    max_stack_depth: "256kB",
  }).flatMap(([name, value]) => ["-c", `${name}=${value}`]),
];

/** The only major version whose files this PGlite can open, as `PG_VERSION` holds it. */
export const postgresVersion = "18";

/**
 * Opens the database in `directory`, creating it with a full initdb (seconds) when the directory is
 * empty.
 */
export async function openPglite(directory: string): Promise<PGlite> {
  return await PGlite.create({
    dataDir: `file://${directory}`,
    startParams,
    ...await loadPackedPglite(),
  });
}
