import { Command } from "@cliffy/command";
import { actingOn } from "./acting_on.ts";
import { type LocalBackendControl, openLocalBackend, startAgain } from "./backend_process.ts";
import { eraseDataDir, requireDataDir } from "../../shared/copies/data_dir.ts";
import { linkLocal } from "./link_directory.ts";
import { readMigrationFiles } from "../db/migrations/files.ts";
import { runUp } from "../db/migrations/up.ts";
import { hasSeed, runSeed, SEED_FILE } from "../db/seed.ts";
import type { ServerState } from "../../shared/contract/state.ts";
import type { Context, Run } from "../../cli/context.ts";
import type { Result } from "../../terminal/present.ts";
import { success } from "../../terminal/view.ts";

interface Options {
  dataDir?: string;
  /** False for `--no-seed`. */
  seed: boolean;
}

/** `insforge local reset`: an empty backend again. */
export const reset = (run: Run) =>
  new Command()
    .option("--data-dir <path:string>", "Where the data is kept (default: .insforge/local).")
    .option("--no-seed", `Leave it empty and stopped, though there is ${SEED_FILE}.`)
    .example("Begin anew without a question", "insforge local reset -y")
    .action(run(runReset));

/**
 * Asks, stops the server if it runs, and deletes its data but not its keys' link. Where the project
 * has a seed, the backend is then started, and gets the migrations and the seed.
 * @throws {FileError} for a folder that is not a local backend's, or holds something else too
 */
async function runReset(context: Context, { dataDir, seed }: Options): Promise<Result> {
  const backend = openLocalBackend(context, dataDir);
  await requireDataDir(backend.dataDir);
  await context.prompt.confirm(
    `Delete all data of the local backend in ${backend.dataDir}? This cannot be undone.`,
  );
  using progress = context.progress("Deleting the local backend's data");
  const running = await backend.stop();
  await eraseDataDir(backend.dataDir);
  progress.stop();
  const isSeeded = seed && hasSeed(context);
  if (isSeeded) await fill(context, backend, running);
  return {
    data: {
      success: true,
      wasRunning: running !== undefined,
      seeded: isSeeded,
      dataDir: backend.dataDir,
    },
    view: success(
      isSeeded
        ? `The local backend runs, with the migrations and ${SEED_FILE} alone.`
        : "The local backend is empty. Start it with `insforge local start`.",
    ),
  };
}

/** Starts the empty backend, links the directory, and brings it to where development begins. */
async function fill(
  context: Context,
  backend: LocalBackendControl,
  before: ServerState | undefined,
): Promise<void> {
  using progress = context.progress("Starting the local backend");
  const { url } = await (before ? startAgain(backend, before) : backend.start({}));
  const apiKey = await backend.apiKey();
  await linkLocal(context, { url, apiKey, dataDir: backend.dataDir });
  progress.stop();
  const filled = actingOn(context, { url, apiKey, source: backend.dataDir });
  if ((await readMigrationFiles(context)).length > 0) await runUp(filled, {});
  await runSeed(filled, {});
}
