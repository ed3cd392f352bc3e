import { Command } from "@cliffy/command";
import { listOwnSchemas, rawSql } from "../../client/backend/database.ts";
import { sourceOf, textArray } from "../../client/backend/source.ts";
import type { Context, Run } from "../../cli/context.ts";
import { choiceOption } from "../../cli/options.ts";
import { makeFreshFolder } from "../../files/folders.ts";
import { isOnServer, type ServerState } from "../../shared/contract/state.ts";
import type { Result } from "../../terminal/present.ts";
import { success, text } from "../../terminal/view.ts";
import { actingOn } from "../local/acting_on.ts";
import {
  type LocalBackendControl,
  openLocalBackend,
  startAgain,
} from "../local/backend_process.ts";
import { copyData, packData, vouchFor } from "../../shared/copies/data_copy.ts";
import { whileHeld } from "../local/copies/held.ts";
import { requireDataDir } from "../../shared/copies/data_dir.ts";
import {
  type BranchPlace,
  discard,
  keepBranch,
  type Mode,
  MODES,
  whileMaking,
} from "./branches.ts";
import { linkBranch, parentOf, type RunningBranch } from "./linked.ts";
import { hostedParent } from "./hosted/parent.ts";

interface Options {
  mode?: string;
  /** False for `--no-switch`. */
  switch: boolean;
}

/** `insforge branch create`: a copy of the backend to try changes on. */
export const create = (run: Run) =>
  new Command()
    .arguments("<name:string>")
    .option("--mode <mode:string>", "full, with all rows (default), or schema-only.")
    .option("--no-switch", "Leave this directory linked as it is.")
    .example("Work on a copy", "insforge branch create new-policies")
    .example("Begin without rows", "insforge branch create demo --mode schema-only")
    .action(run(runCreate));

/** Copies the parent, starts the copy and links the directory to it. */
async function runCreate(context: Context, options: Options, name: string): Promise<Result> {
  const mode = choiceOption(options.mode, "--mode", MODES) ?? "full";
  const hosted = await hostedParent(context);
  if (hosted) {
    const { createHosted } = await import("./hosted/create.ts");
    return await createHosted(context, hosted, { mode, switch: options.switch }, name);
  }
  const parent = await parentOf(context);
  using progress = context.progress(`Creating the branch ${name}`);
  await requireDataDir(parent.backend.dataDir);
  const made = await whileMaking(
    context,
    name,
    (place) => make(context, parent.backend, place, name, mode),
  );
  const { branch, url } = made;
  if (options.switch) await linkBranch(context, parent, made);
  progress.stop();
  return {
    data: { branch: { ...branch, url }, serving: true, switched: options.switch },
    view: options.switch
      ? [
        success(`This directory is on the branch ${name} now (${url}).`),
        text("Apps have to be told the new address: insforge env pull"),
      ]
      : success(`The branch ${name} is at ${url}. Switch to it: insforge branch switch ${name}`),
  };
}

/**
 * Its server loads while the data are copied, and opens them while they are put on the disk: it is
 * a branch, and told of, once they are.
 */
async function make(
  context: Context,
  parent: LocalBackendControl,
  place: BranchPlace,
  name: string,
  mode: Mode,
): Promise<RunningBranch> {
  const isServer = isOnServer(parent.dataDir);
  const backend = openLocalBackend(context, place.data);
  await using server = backend.prepare({ engine: isServer ? "postgres" : "pglite" });
  let running: Promise<ServerState> | undefined;
  try {
    await makeFreshFolder(place.folder);
    const copies = await whileHeld(context, parent, async () => {
      const data = await copyData(parent.dataDir, place.data);
      vouchFor(place.data);
      running = server.begin();
      // Whoever waits for it is told.
      running.catch(() => {});
      return mode === "full" ? [data, await packData(parent.dataDir, place.start)] : [data];
    });
    await Promise.all(copies.map((copy) => copy.sync()));
    let state = await running!;
    if (mode === "schema-only") {
      await emptyOut(context, place, backend, state);
      // A PostgreSQL server writes to its files for as long as it runs.
      if (isServer) await backend.stop();
      const start = () => packData(place.data, place.start);
      await (await whileHeld(context, backend, start)).sync();
      if (isServer) state = await startAgain(backend, state);
    }
    return { branch: await keepBranch(context, place, name, mode), backend, url: state.url };
  } catch (error) {
    await running?.catch(() => {});
    await discard(place, backend);
    throw error;
  }
}

/** Takes the rows of the project, its users and the records of objects out of a new branch. */
async function emptyOut(
  context: Context,
  place: BranchPlace,
  backend: LocalBackendControl,
  { url }: ServerState,
): Promise<void> {
  const target = { url, apiKey: await backend.apiKey(), source: place.data };
  const client = await actingOn(context, target).backend();
  const [{ tables }] = await sourceOf(client)<{ tables: string }>(
    ROWS_OF_USERS,
    [textArray(await listOwnSchemas(client))],
  ) as [{ tables: string }];
  await rawSql(client, `TRUNCATE ${tables} CASCADE`, { unrestricted: true });
}

const ROWS_OF_USERS = `
SELECT string_agg(format('%I.%I', n.nspname, c.relname), ', ') AS tables
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p') AND (n.nspname = ANY($1::text[])
  OR c.oid IN (to_regclass('auth.users'), to_regclass('storage.objects')))`;
