/** Branches of a project's local backend: a folder each, with its data and how that began. */
import { dirname, join } from "@std/path";
import { withFileLock } from "../../files/file_lock.ts";
import { syncFolder } from "../../files/atomic.ts";
import { makePrivateFolder, removeFolder } from "../../files/folders.ts";
import { readJsonFile, writeJsonFile } from "../../files/json_file.ts";
import { branchesFolder } from "../../config/paths.ts";
import type { Context } from "../../cli/context.ts";
import { FileError, NotFoundError } from "../../core/errors.ts";
import { type LocalBackendControl, openLocalBackend } from "../local/backend_process.ts";
import { copyName } from "../../shared/copies/copy_name.ts";
import { readEach } from "../../shared/copies/named_folders.ts";
import { isThere } from "../../files/real_path.ts";

/** Whether a branch begins with the rows of its parent, or with its tables alone. */
export const MODES = ["full", "schema-only"] as const;
export type Mode = typeof MODES[number];

/** What is kept of a branch, in the words of the platform. */
export interface Branch {
  readonly id: string;
  readonly name: string;
  readonly branch_state: "ready" | "merged";
  /** ISO time in UTC. */
  readonly branch_created_at: string;
  readonly branch_metadata: { readonly mode: Mode };
}

/** Where the files of a branch lie. */
export interface BranchPlace {
  readonly folder: string;
  readonly data: string;
  /** The data as it was at first, packed. */
  readonly start: string;
}

/** A branch, its files and its backend. */
export interface FoundBranch {
  readonly branch: Branch;
  readonly place: BranchPlace;
  readonly backend: LocalBackendControl;
}

/** It is made last: what is without it is not a branch yet. */
const FACTS = "branch.json";

/** The place of a branch, or of one that is to be. @throws {UsageError} for an impossible name */
function placeOfBranch({ launch }: Context, name: string): BranchPlace {
  return placeIn(join(branchesFolder(launch.projectRoot), copyName(name, "branch")));
}

function placeIn(folder: string): BranchPlace {
  // Of earlier versions, which would take one without it for none.
  const whole = join(folder, "start");
  const start = isThere(whole) ? whole : join(folder, "packed");
  return { folder, data: join(folder, "data"), start };
}

/** The branches that there are, oldest first. */
export async function listBranches({ launch }: Context): Promise<Branch[]> {
  const found = await readEach(branchesFolder(launch.projectRoot), readFacts);
  return found.sort((a, b) => a.branch_created_at < b.branch_created_at ? -1 : 1);
}

async function readFacts(folder: string): Promise<Branch | undefined> {
  // Earlier versions made it last.
  if (!isThere(placeIn(folder).start)) return undefined;
  const facts = await readJsonFile(join(folder, FACTS)).catch(() => undefined);
  return typeof facts?.name === "string" ? facts as unknown as Branch : undefined;
}

/** A branch and its backend. @throws {NotFoundError} */
export async function findBranch(context: Context, name: string): Promise<FoundBranch> {
  const place = placeOfBranch(context, name);
  const branch = await readFacts(place.folder);
  if (branch) return { branch, place, backend: openLocalBackend(context, place.data) };
  throw new NotFoundError(`There is no branch ${name}.`, {
    hint: "See what there is with: insforge branch list",
  });
}

/**
 * Makes room for a new branch and keeps others from making one until `make` is done. What a killed
 * process left of one is discarded.
 * @throws {FileError} when there is one of this name
 */
export async function whileMaking<T>(
  context: Context,
  name: string,
  make: (place: BranchPlace) => Promise<T>,
): Promise<T> {
  const place = placeOfBranch(context, name);
  const folder = branchesFolder(context.launch.projectRoot);
  await makePrivateFolder(folder);
  return await withFileLock(join(folder, "making"), async () => {
    if (await readFacts(place.folder)) {
      throw new FileError(`There is a branch ${name} already.`, {
        hint: `Switch to it with \`insforge branch switch ${name}\`, or choose another name.`,
      });
    }
    if (isThere(place.folder)) await discard(place, openLocalBackend(context, place.data));
    return await make(place);
  });
}

/** Makes a branch of what is in its place, on the disk. */
export async function keepBranch(
  { clock }: Context,
  { folder }: BranchPlace,
  name: string,
  mode: Mode,
): Promise<Branch> {
  const branch: Branch = {
    id: crypto.randomUUID(),
    name,
    branch_state: "ready",
    branch_created_at: clock.now().toISOString(),
    branch_metadata: { mode },
  };
  await writeBranch(folder, branch);
  await syncFolder(dirname(folder));
  return branch;
}

/** Removes what was to become a branch, and ends its server if it has one. */
export async function discard({ folder }: BranchPlace, backend: LocalBackendControl) {
  await backend.stop();
  await removeFolder(folder);
}

/** Writes what is known of a branch into its folder. */
export async function writeBranch(folder: string, branch: Branch): Promise<void> {
  await writeJsonFile(join(folder, FACTS), { ...branch });
}
